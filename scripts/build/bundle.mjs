import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { withoutBuiltinImports } from './builtins.mjs';
import { fail, root } from './command.mjs';
import { filesUnder } from './files.mjs';
import { FACADE, LIBRARY_URL, toScript, withLibraryOfScript } from './script.mjs';

const src = join(root, 'src');

/** Programs that are started. `is-main.ts` is named after isMain() and is none. */
const isProgram = (path) => path.endsWith('-main.ts') && !path.endsWith('/is-main.ts');

/** What it does when it is imported is for those who import the package, and not for all that load the library. */
const isEntry = (path) => path === 'src/index.ts';

/**
 * Left file by file: the workers of `brood map` load its task and nothing else of the command; and what imports a package that
 * users may not have is loaded by those only who ask for it.
 */
const isApart = (path) => /^src\/(cli|opentelemetry)\//.test(path);

/** What loads the joined file. */
const LOADER = 'src/util/load-library.ts';

/**
 * Joins the files of src/ into chunks/library.js, since most of what a child's start takes is the loading of files. Every
 * file stays importable under its name, and re-exports from the joined one: programs are started by their names, and
 * tests of internals get the very modules that the package runs on.
 */
export async function bundle(outdir) {
  const files = filesUnder('src').filter((path) => path.endsWith('.ts'));
  const library = files.filter((path) => !isApart(path) && path !== LOADER);
  const misplaced = library.filter((path) => path !== 'src/util/own-files.ts' && asksForItsPlace(path));
  if (misplaced.length > 0) {
    fail(
      `Cannot join ${misplaced.join(', ')}: import.meta.url is there the joined file's; use ownFile() of util/own-files.ts`,
    );
  }
  const options = {
    absWorkingDir: root,
    outbase: 'src',
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    packages: 'external',
    sourcemap: true,
    write: false,
    // What package.json says of side effects is about dist/.
    ignoreAnnotations: true,
    logLevel: 'warning',
  };
  const results = await Promise.all([
    build({
      ...options,
      entryPoints: library,
      splitting: true,
      inject: ['src/util/own-clock.ts'],
      chunkNames: 'chunks/library',
      plugins: [keepTogether(library)],
      define: { 'import.meta.url': LIBRARY_URL },
    }),
    build({
      ...options,
      entryPoints: [LOADER],
      format: 'cjs',
      target: 'node20',
      outExtension: { '.js': '.cjs' },
      plugins: [withoutImports],
    }),
    build({ ...options, entryPoints: files.filter(isApart), plugins: [keepApart] }),
  ]);
  for (const { path, text } of results.flatMap(({ outputFiles }) => outputFiles).flatMap(asScript)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith('.map') ? text : withNarrowComments(withNamesOfClasses(text)));
  }
}

/** The joined file as a script that `util/load-library.ts` compiles, with an ES module in its place that the others have its names from. */
function asScript(file) {
  const { path, text } = file;
  if (path.endsWith('/chunks/library.js')) {
    return [
      { path: path.replace(/\.js$/, '.cjs'), text: toScript(text) },
      { path, text: FACADE },
    ];
  }
  if (path.endsWith('/chunks/library.js.map')) return { path: path.replace(/\.js\.map$/, '.cjs.map'), text };
  return path.endsWith('.js') ? { path, text: withLibraryOfScript(text) } : file;
}

/** esbuild writes `var Lock = class _Lock` where a class speaks of itself; its `keepNames` would cost 3 ms of every start. */
function withNamesOfClasses(code) {
  const names = [...code.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name);
  return names.length === 0 ? code : code.replaceAll(new RegExp(`\\b_(${names.join('|')})\\b`, 'g'), '$1');
}

/**
 * One character that Latin-1 does not have, and V8 keeps the whole source with two bytes for each: half a megabyte more in every
 * process. And what has none that ASCII lacks is read without decoding it. esbuild escapes them everywhere but in comments.
 */
const withNarrowComments = (code) => code.replaceAll('…', '...').replaceAll(/[\u0080-\uffff]/g, '?');

/** Not in comments and messages; and packages are found from any file of ours. */
const asksForItsPlace = (path) =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .some((line) => line.includes('import.meta.url') && !/^\s*(\/?\*|\/\/)|`|createRequire\(/.test(line));

/**
 * esbuild puts modules into one chunk if the same entries reach them: each of ours reaches all that are neither programs nor the entry.
 * The import comes last, and hoisted, so lines and columns stay what they are.
 */
const keepTogether = (files) => ({
  name: 'keep-together',
  setup({ onResolve, onLoad }) {
    const modules = files
      .filter((path) => !isProgram(path) && !isEntry(path))
      .map((path) => `import './${relative('src', path)}';`);
    onResolve({ filter: /^brood:all$/ }, ({ path }) => ({ path, namespace: 'all' }));
    onLoad({ filter: /.*/, namespace: 'all' }, () => ({ contents: modules.join('\n'), resolveDir: src }));
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: `${withoutBuiltinImports(readFileSync(path, 'utf8'))}\nimport 'brood:all';`,
      loader: 'ts',
    }));
  },
});

const withoutImports = {
  name: 'without-imports',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: withoutBuiltinImports(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** Imports stay imports; all folders of src/ are as deep as the importing file's. */
const keepApart = {
  name: 'keep-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind === 'entry-point') return undefined;
      const file = relative(src, join(resolveDir, path));
      return { path: `../${file.replace(/\.ts$/, '.js')}`, external: true };
    });
  },
};
