import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Target {
  types: string;
  default: string;
}

interface Manifest {
  name: string;
  version: string;
  bin: Record<string, string>;
  dependencies?: Record<string, string>;
  /** Optional ones: used where a user has them. */
  peerDependencies?: Record<string, string>;
  exports: Record<string, string | (Target & { require: Target })>;
}

const home = fileURLToPath(new URL('../../node_modules/brood/', import.meta.url));
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => !path.includes('node_modules'));
const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [{ name: name.replace(/^\./, 'brood'), ...entry }],
);

/** Names of packages in import and export declarations, import() calls and require() calls, types included. */
function importedPackages(path: string): string[] {
  const text = readFileSync(join(home, path), 'utf8').replace(/^\s*(\/?\*|\/\/).*$/gm, '');
  const found = text.matchAll(
    /(?:\bfrom|\bimport|\bimport\(|\brequire\(|(?<!scope\.)\bresolve\()\s*(['"])([^'"\n]+)\1/g,
  );
  return [...found]
    .map((match) => match[2] ?? '')
    .filter((name) => /^(@[\w.-]+\/)?[a-z][\w.-]*(\/|$)/.test(name) && !builtinModules.includes(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
}

test('Every entry of the installed package can be imported', async () => {
  assert.ok(entries.length > 0);
  for (const { name } of entries) assert.ok(Object.keys(await import(name)).length > 0, name);
});

test('require() of an entry gives the module that import gives', async () => {
  for (const { name } of entries) {
    const [required, imported] = [createRequire(import.meta.url)(name), await import(name)];
    for (const key of Object.keys(imported)) assert.equal(required[key], imported[key], `${name}: ${key}`);
  }
});

test('Every class is called as it is exported', async () => {
  for (const { name } of entries) {
    const classes = Object.entries((await import(name)) as object).filter(([, it]) => /^class\b/.test(String(it)));
    assert.deepEqual(
      classes.map(([, it]) => (it as { name: string }).name),
      classes.map(([exported]) => exported),
    );
    if (name === 'brood') assert.ok(classes.length > 20);
  }
});

test('The entry resolves to the installed package, not to the repository', () => {
  assert.equal(
    import.meta.resolve('brood').startsWith(new URL('../../node_modules/brood/', import.meta.url).href),
    true,
  );
});

test('brood/package.json is exported and carries the version', () => {
  const path = fileURLToPath(import.meta.resolve('brood/package.json'));
  assert.equal((JSON.parse(readFileSync(path, 'utf8')) as Manifest).version, manifest.version);
  assert.match(manifest.version, /^\d+\.\d+\.\d+/);
});

test('Every entry has its type declarations beside it', () => {
  for (const entry of entries) {
    assert.equal(entry.types, entry.default.replace(/\.js$/, '.d.ts'));
    assert.equal(entry.require.types, entry.require.default.replace(/\.cjs$/, '.d.cts'));
    for (const { types } of [entry, entry.require]) assert.ok(existsSync(join(home, types)), types);
  }
});

test('Every command of the package is there and starts with a shebang', () => {
  for (const path of Object.values(manifest.bin)) {
    assert.match(readFileSync(join(home, path), 'utf8'), /^#!\/usr\/bin\/env node\n/, path);
  }
});

test('No TypeScript source is shipped but for the examples', () => {
  const sources = files.filter(
    (path) => !path.startsWith('examples/') && /\.[cm]?tsx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path),
  );
  assert.deepEqual(sources, []);
});

test('The package imports nothing but its own dependencies and what Node has', () => {
  const { name, dependencies = {}, peerDependencies = {} } = manifest;
  const declared = new Set([name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  const strangers = files
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .flatMap((path) => importedPackages(path).map((name) => ({ path, name })))
    .filter(({ name }) => !declared.has(name));
  assert.deepEqual(strangers, []);
});

test('What needs an optional package is imported by nobody who does not', () => {
  const code = files.filter((path) => path.endsWith('.js'));
  const needing = code.filter((path) => importedPackages(path).some((name) => name.startsWith('@opentelemetry/')));
  assert.ok(needing.length > 0);
  assert.deepEqual(
    needing.filter((path) => !path.startsWith('dist/opentelemetry/')),
    [],
  );
  const others = code.filter((path) => !path.startsWith('dist/opentelemetry/'));
  assert.deepEqual(
    others.filter((path) => /['"][^'"\s]*\/opentelemetry\//.test(readFileSync(join(home, path), 'utf8'))),
    [],
  );
});

test('The library is ASCII, so that V8 keeps it with one byte for each character, and nothing has to be decoded', () => {
  const library = readFileSync(join(home, 'dist/chunks/library.cjs'), 'utf8');
  assert.deepEqual(library.match(/.*[\u0080-\uffff].*/g), null);
});

test('No file of the package names a path of the machine that built it', () => {
  const repository = fileURLToPath(new URL('../../../../../', import.meta.url));
  const texts = files.filter((path) => /\.([cm]?js|ts|map|json|md)$/.test(path));
  const naming = texts.filter((path) => readFileSync(join(home, path), 'utf8').includes(repository));
  assert.deepEqual(naming, []);
});
