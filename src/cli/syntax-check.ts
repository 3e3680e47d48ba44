import { spawnSync } from 'node:child_process';

/**
 * Where Node sees a syntax error in this file: the file, the line and a caret. Null if it sees none, and so the error is in
 * something that the file imports. The SyntaxError of an `import()` does not say.
 */
export function locateSyntaxError(path: string): string | null {
  const { status, stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: 10_000 });
  const [place = '', message = ''] = (stderr ?? '').split(/\n\n|\n +at /);
  return status === 1 && message !== '' ? `${place}\n${message}` : null;
}
