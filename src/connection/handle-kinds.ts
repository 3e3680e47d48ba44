import { SerializationError } from '../errors/serialization-error.ts';
import { ownFile } from '../util/own-files.ts';
import { addKind } from '../wire/kind.ts';
import { Connection, linkOf } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { decodePipeEnd, encodePipeEnd, type PipeEndData } from './pipe-handle.ts';
import { PipeLink } from './pipe-link.ts';
import { decodeSocket, discardSocket, encodeSocket, type SocketData } from './socket-handle.ts';
import { SocketLink } from './socket-link.ts';

type ConnectionData = { readonly state: ConnectionState } & (
  | { readonly end: PipeEndData }
  | { readonly socket: SocketData }
);

addKind<Connection, ConnectionData>({
  tag: 'connection',
  module: ownFile('connection/handle-kinds.js').href,
  matches: (value) => value instanceof Connection,
  encode(connection, path, context) {
    if (connection.closed) {
      throw new SerializationError(`Cannot send ${path}: the connection is closed; send it before that`, path);
    }
    const link = linkOf(connection);
    const state = stateOf(connection);
    if (link instanceof SocketLink) return { state, socket: encodeSocket(connection, link, path, context) };
    return { state, end: encodePipeEnd((link as PipeLink).end, context) }; // There is no third sort.
  },
  create(data) {
    if ('end' in data) return new Connection(new PipeLink(decodePipeEnd(data.end)), data.state);
    return decodeSocket(data.socket).then((link) => new Connection(link, data.state));
  },
  discard(data) {
    if ('end' in data) new PipeLink(decodePipeEnd(data.end)).close();
    else discardSocket(data.socket);
  },
});

function stateOf({ readable, writable }: Connection): ConnectionState {
  if (readable && writable) return 'duplex';
  return readable ? 'readOnly' : 'writeOnly';
}
