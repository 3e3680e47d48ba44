import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { parse } from 'acorn';
import { base, recursive } from 'acorn-walk';

/**
 * Parses one JavaScript file and measures it. A file that is no JavaScript is a result too: it says why.
 * @param {string} path
 */
export function measure(path) {
  const source = readFileSync(path, 'utf8');
  misbehaveIfAsked(source);
  const lineStarts = findLineStarts(source);
  const size = { bytes: Buffer.byteLength(source), compressed: compressedSize(source), lines: lineStarts.length };
  try {
    return { ...size, ...measureTree(parseAnyhow(source), lineStarts) };
  } catch (error) {
    return { ...size, parseError: error.message };
  }
}

/** What it weighs when a server has packed it. */
function compressedSize(source) {
  return brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
}

/** As a module, else as a script: a CommonJS file may return at its top level. */
function parseAnyhow(source) {
  const options = { ecmaVersion: 'latest', allowHashBang: true };
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

function measureTree(tree, lineStarts) {
  const measured = { functions: 0, longestFunction: 0, imports: 0, deepestNesting: 0 };
  const countImport = (node, depth, walk) => {
    if (node.source) measured.imports += 1;
    base[node.type](node, depth, walk);
  };
  recursive(tree, 0, {
    Function(node, depth, walk) {
      measured.functions += 1;
      const lines = lineAt(lineStarts, node.end) - lineAt(lineStarts, node.start) + 1;
      measured.longestFunction = Math.max(measured.longestFunction, lines);
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

/** acorn could give every node its lines, in three objects each: most of the time would go into collecting them. */
function findLineStarts(source) {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts, offset) {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/** What demo/inputs/ is for: the first line of a file there asks for trouble. */
function misbehaveIfAsked(source) {
  if (source.startsWith('// brood demo: hang')) loopForEver();
  if (source.startsWith('// brood demo: crash')) process.kill(process.pid, 'SIGSEGV');
}

function loopForEver() {
  for (;;);
}
