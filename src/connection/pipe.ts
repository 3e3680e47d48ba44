import { Connection } from './connection.ts';
import { PipeEnd } from './pipe-end.ts';
import { PipeLink } from './pipe-link.ts';

export interface PipeOptions {
  /** Default true. False: the first end only receives, the second only sends. */
  duplex?: boolean;
}

/**
 * Two connected ends, for the processes of one tree. Each may be sent to other processes; an end is gone when everybody who
 * has it has closed it or ended, killed or not. Needs shared memory: `ERR_NO_NATIVE` where there is none.
 */
export function pipe<T = unknown>(options: PipeOptions = {}): [Connection<T>, Connection<T>] {
  const { duplex = true } = options;
  if (typeof duplex !== 'boolean') {
    throw new TypeError(`Cannot create a pipe: duplex is of type ${typeof duplex}; pass true or false`);
  }
  const [first, second] = PipeEnd.createPair(duplex);
  return [
    new Connection<T>(new PipeLink(first), duplex ? 'duplex' : 'readOnly'),
    new Connection<T>(new PipeLink(second), duplex ? 'duplex' : 'writeOnly'),
  ];
}
