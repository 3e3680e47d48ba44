import { SerializationError } from '../errors/serialization-error.ts';
import { ownFile } from '../util/own-files.ts';
import { addKind } from '../wire/kind.ts';
import { Connection, linkOf } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { decodePipeEnd, encodePipeEnd, type PipeEndData } from './pipe-handle.ts';
import { PipeLink } from './pipe-link.ts';

interface ConnectionData {
  readonly state: ConnectionState;
  readonly end: PipeEndData;
}

addKind<Connection, ConnectionData>({
  tag: 'connection',
  module: ownFile('connection/handle-kinds.js').href,
  matches: (value) => value instanceof Connection,
  encode(connection, path, context) {
    if (connection.closed) {
      throw new SerializationError(`Cannot send ${path}: the connection is closed; send it before that`, path);
    }
    const link = linkOf(connection);
    if (!(link instanceof PipeLink)) {
      throw new SerializationError(
        `Cannot send ${path}: a connection over a socket belongs to the process that opened it; send an end of a pipe`,
        path,
      );
    }
    return { state: stateOf(connection), end: encodePipeEnd(link.end, context) };
  },
  create: ({ state, end }) => new Connection(new PipeLink(decodePipeEnd(end)), state),
  discard: ({ end }) => {
    const link = new PipeLink(decodePipeEnd(end));
    link.close();
  },
});

function stateOf({ readable, writable }: Connection): ConnectionState {
  if (readable && writable) return 'duplex';
  return readable ? 'readOnly' : 'writeOnly';
}
