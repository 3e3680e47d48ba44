import { readFileSync } from 'node:fs';
import { ownFile } from './own-files.ts';

/** As the package's manifest says; that lies beside the folder that the library's files are in. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(ownFile('../package.json'), 'utf8')) as { version: string }).version;
}
