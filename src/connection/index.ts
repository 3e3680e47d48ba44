import './handle-kinds.ts';

export { AuthenticationError } from '../errors/authentication-error.ts';
export { BrokenPipeError } from '../errors/broken-pipe-error.ts';
export { BufferTooShort } from '../errors/buffer-too-short.ts';
export { EOFError } from '../errors/eof-error.ts';
export type { Sentinel } from '../process/sentinel.ts';
export type { Wait } from '../util/wait.ts';
export type { Address } from './address.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { Connection, type ReceiveOptions } from './connection.ts';
export { Listener, type ListenOptions } from './listener.ts';
export { type PipeOptions, pipe } from './pipe.ts';
export { wait } from './wait.ts';
