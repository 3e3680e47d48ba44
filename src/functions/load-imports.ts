import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClosureCode, ImportSource } from './closure-data.ts';
import { compileAt, fileOf } from './compile.ts';
import { loadNamespace, tryNamespace } from './load-export.ts';

type Importer = (specifier: string, options?: ImportCallOptions) => Promise<object>;

const importers = new Map<string, Importer>();
const namespaces = new Map<string, object>();
const metas = new Map<string, object>();
/** Namespaces, `import.meta` and `require`: values that belong to a process, and that every process can get. */
const origins = new WeakMap<object, { readonly url: string; readonly source: ImportSource }>();

export function importOrigin(value: object): { readonly url: string; readonly source: ImportSource } | undefined {
  return origins.get(value);
}

/** What the code imports, in its order; a promise only if something has to be loaded. Rejects as the imports do. */
export function loadImports({ url, imports }: ClosureCode): readonly unknown[] | Promise<readonly unknown[]> {
  const loaded = imports.map((source) => loadImport(source, url));
  return loaded.some((it) => it instanceof Promise) ? Promise.all(loaded) : loaded;
}

/** One of them; a promise if it has to be loaded. */
export function loadImport(source: ImportSource, url: string): unknown {
  const note = <T extends object>(value: T): T => {
    if (!origins.has(value)) origins.set(value, { url, source });
    return value;
  };
  switch (source.from) {
    case 'import': {
      const namespace = importFrom(url, source);
      return namespace instanceof Promise ? namespace.then(note) : note(namespace);
    }
    case 'require':
      return withInterop(createRequire(fileOf(url))(source.specifier), source.interop);
    case 'createRequire':
      return note(createRequire(fileOf(url)));
    case 'import.meta':
      return note(metaOf(url));
    default:
      throw new TypeError('Cannot load what a function imports: it comes from another version', { cause: source });
  }
}

function importFrom(
  url: string,
  { specifier, attributes, names }: Extract<ImportSource, { from: 'import' }>,
): object | Promise<object> {
  if (!attributes && /^(file|data):/.test(specifier)) {
    return tryNamespace(specifier) ?? loadNamespace(specifier, names);
  }
  const key = JSON.stringify([url, specifier, attributes]);
  const known = namespaces.get(key);
  if (known) return known;
  let importer = importers.get(url);
  if (!importer) {
    importer = compileAt(url, 'module.exports = (specifier, options) => import(specifier, options);') as Importer;
    importers.set(url, importer);
  }
  return importer(specifier, attributes && { with: { ...attributes } }).then((namespace) => {
    namespaces.set(key, namespace);
    return namespace;
  });
}

/** What TypeScript and esbuild make of a CommonJS module that is imported; the members stay live. */
function withInterop(exports: object, interop: 'namespace' | 'default' | undefined): unknown {
  if (interop === undefined) return exports;
  const isModule = (exports as { __esModule?: boolean } | undefined)?.__esModule === true;
  if (isModule) return exports;
  const result = { default: exports };
  if (interop === 'namespace') {
    for (const key of Object.keys(Object(exports))) {
      if (key !== 'default')
        Object.defineProperty(result, key, {
          enumerable: true,
          get: () => (exports as Record<string, unknown>)[key],
        });
    }
  }
  return result;
}

function metaOf(url: string): object {
  const known = metas.get(url);
  if (known) return known;
  const filename = fileOf(url);
  const resolve = (specifier: string): string => {
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, url).href;
    if (URL.canParse(specifier)) return specifier;
    const found = createRequire(filename).resolve(specifier);
    return found.startsWith('/') ? pathToFileURL(found).href : `node:${found.replace(/^node:/, '')}`;
  };
  const meta = Object.assign(Object.create(null), { url, filename, dirname: dirname(filename), resolve, main: false });
  metas.set(url, meta);
  return meta;
}
