import { readFile } from 'node:fs/promises';
import { parse } from 'acorn';
import { base, recursive } from 'acorn-walk';

/**
 * Parses one JavaScript file and measures it. A file that is no JavaScript is a result too: it says why.
 * @param {string} path
 */
export async function measure(path) {
  const source = await readFile(path, 'utf8');
  misbehaveIfAsked(source);
  const size = { bytes: Buffer.byteLength(source), lines: source.split('\n').length };
  try {
    return { ...size, ...measureTree(parseAnyhow(source)) };
  } catch (error) {
    return { ...size, parseError: error.message };
  }
}

/** As a module, else as a script: a CommonJS file may return at its top level. */
function parseAnyhow(source) {
  const options = { ecmaVersion: 'latest', locations: true, allowHashBang: true };
  try {
    return parse(source, { ...options, sourceType: 'module' });
  } catch (error) {
    try {
      return parse(source, { ...options, sourceType: 'script', allowReturnOutsideFunction: true });
    } catch {
      throw error;
    }
  }
}

function measureTree(tree) {
  const measured = { functions: 0, longestFunction: 0, imports: 0, deepestNesting: 0 };
  const countImport = (node, depth, walk) => {
    if (node.source) measured.imports += 1;
    base[node.type](node, depth, walk);
  };
  recursive(tree, 0, {
    Function(node, depth, walk) {
      measured.functions += 1;
      measured.longestFunction = Math.max(measured.longestFunction, node.loc.end.line - node.loc.start.line + 1);
      base.Function(node, depth, walk);
    },
    BlockStatement(node, depth, walk) {
      measured.deepestNesting = Math.max(measured.deepestNesting, depth + 1);
      base.BlockStatement(node, depth + 1, walk);
    },
    CallExpression(node, depth, walk) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') measured.imports += 1;
      base.CallExpression(node, depth, walk);
    },
    ImportDeclaration: countImport,
    ImportExpression: countImport,
    ExportNamedDeclaration: countImport,
    ExportAllDeclaration: countImport,
  });
  return measured;
}

/** What demo/inputs/ is for: the first line of a file there asks for trouble. */
function misbehaveIfAsked(source) {
  if (source.startsWith('// brood demo: hang')) loopForEver();
  if (source.startsWith('// brood demo: crash')) process.kill(process.pid, 'SIGSEGV');
}

function loopForEver() {
  for (;;);
}
