import { syncBuiltinESMExports } from 'node:module';

/** From here on `console.log` and `process.stdout` of this process print to stderr: the command's stdout holds results only. */
export function sendStdoutToStderr(): void {
  Object.defineProperty(process, 'stdout', { configurable: true, get: () => process.stderr });
  syncBuiltinESMExports();
}
