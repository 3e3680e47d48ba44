import Module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What modules of npm have used for ages to run source of their own; without it there are no imports relative to a file. */
interface CompilableModule {
  filename: string;
  paths: string[];
  exports: unknown;
  _compile(source: string, filename: string): void;
}

/**
 * Runs source as a CommonJS module that stands where the script at `url` does: `import()` and `require` resolve from there,
 * with the loaders of this process; traces name it. Returns its exports. It is in no cache.
 *
 * `vm` has this too, behind an experimental constant that prints a warning.
 */
export function compileAt(url: string, source: string): unknown {
  const filename = fileOf(url);
  const module = new Module(filename) as unknown as CompilableModule;
  module.filename = filename;
  module.paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(
    dirname(filename),
  );
  module._compile(source, filename);
  return module.exports;
}

/** A path, also for code without a file: then it stands in the current directory. */
export function fileOf(url: string): string {
  if (url.startsWith('file:')) return fileURLToPath(url);
  return url.startsWith('/') ? url : join(process.cwd(), '[closure]');
}
