import { randomBytes } from 'node:crypto';
import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardName, releaseName } from '../process/janitor.ts';
import { LONGEST_PATH } from './address.ts';

const OWNER_ONLY = 0o700;
const SOCKET = 'socket';
const FALLBACK = '/tmp';

/** A folder that only this user may enter, for one socket. It goes with this process, however that ends. */
export class SocketFolder implements Disposable {
  readonly path: string;
  readonly #folder: string;

  constructor() {
    const name = `brood-${randomBytes(8).toString('hex')}`;
    this.#folder = join(fits(join(tmpdir(), name, SOCKET)) ? tmpdir() : FALLBACK, name);
    this.path = join(this.#folder, SOCKET);
    // Before they exist, and in the order in which they can be removed.
    guardName(this.path);
    guardName(this.#folder);
    mkdirSync(this.#folder, OWNER_ONLY);
  }

  [Symbol.dispose](): void {
    tryRemove(() => unlinkSync(this.path));
    tryRemove(() => rmdirSync(this.#folder));
    releaseName(this.path);
    releaseName(this.#folder);
  }
}

/** Control characters would break the lines that the janitor reads. */
function fits(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_PATH && [...path].every((character) => character >= ' ');
}

/** Somebody may have cleared it away already. */
function tryRemove(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
