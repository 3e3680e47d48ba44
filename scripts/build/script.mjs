import { fail } from './command.mjs';

/** Stands for `import.meta.url` in the joined file. */
export const LIBRARY_URL = 'libraryUrl';

const EXPORTS = /^export \{\n(?<names>[^}]*)\n\};\n/m;
/** That of `util/import-module.ts`, the only one. */
const DYNAMIC_IMPORT = /\bimport\(specifier\)/g;

/**
 * An ES module cannot be compiled with a code cache, a script can. So the joined file becomes a function that returns what it
 * exports; it is compiled with everything it calls at once since it is in parentheses. Lines stay what they are.
 */
export function toScript(code) {
  const found = EXPORTS.exec(code);
  if (!found || /^import\b/m.test(code)) {
    fail('Cannot make a script of the joined file: it imports something, or has no exports at its end');
  }
  const names = found.groups.names.split(',').map((part) => {
    const [local, name = local] = part.trim().split(' as ');
    return { local, name };
  });
  if (!names.some(({ name }) => name === 'adoptRealm'))
    fail('Cannot make a script of the joined file: it lacks adoptRealm()');
  const whole = code
    .replace(EXPORTS, () => `return {\n${names.map(({ local, name }) => `  ${name}: ${local}`).join(',\n')}\n};\n})\n`)
    .replace('//# sourceMappingURL=library.js.map', '//# sourceMappingURL=library.cjs.map');
  const count = whole.match(DYNAMIC_IMPORT)?.length;
  if (count !== 1) fail(`Cannot make a script of the joined file: of import(specifier) it has ${count}, not 1`);
  const text = `(function (${LIBRARY_URL}, importFromLoader) { 'use strict'; ${whole}`;
  return text.replace(DYNAMIC_IMPORT, 'importFromLoader(specifier)');
}

const IMPORTS = /^import \{(?<names>[^}]*)\} from "(?<file>[^"]*\/chunks\/library\.js)";/m;

/**
 * What esbuild imports from the joined file by name, as parts of one object: a module that exports a thousand names takes 2 ms to
 * load. Lines stay what they are.
 */
export function withLibraryOfScript(code) {
  return code.replace(IMPORTS, (_statement, ...rest) => {
    const { names, file } = rest.at(-1);
    return `import { library } from "${file}"; const {${names.replaceAll(' as ', ': ')}} = library;`;
  });
}

/** The one library of this process, for ES modules. */
export const FACADE = `const { createRequire } = process.getBuiltinModule('node:module');
export let library;
try {
  ({ library } = createRequire(import.meta.url)('../util/load-library.cjs'));
} catch (cause) {
  if (cause?.code !== 'MODULE_NOT_FOUND') throw cause;
  throw new Error('Cannot load brood: the package lacks its other files, as it does within a bundle; leave brood out of the bundle (esbuild: --external:brood)', { cause });
}
// A test runner may evaluate this module in a realm of its own.
if (process.getBuiltinModule('node:vm').runInThisContext('globalThis') !== globalThis) library.adoptRealm(globalThis);
`;
