import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Names one call by content. The same key means the same module text, export and input. */
export type TaskKey = string;

/** Makes keys for one function: SHA-256 over the module's bytes, the export's name and the input as canonical JSON. */
export function createKeyMaker(moduleSource: Uint8Array, exportName: string): (input: unknown) => TaskKey {
  const functionHash = createHash('sha256')
    .update(`${moduleSource.byteLength}\n`)
    .update(moduleSource)
    .update(`\n${exportName}\n`);
  return (input) => functionHash.copy().update(canonicalJson(input)).digest('hex');
}
