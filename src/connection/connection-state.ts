import type { Transitions } from '../util/state-machine.ts';

/**
 * duplex     both directions
 * readOnly   only receives
 * writeOnly  only sends; also what is left of a duplex connection that had to stop reading
 * closed     neither, and this process has let go of its end
 */
export type ConnectionState = 'duplex' | 'readOnly' | 'writeOnly' | 'closed';
export type ConnectionEvent = 'endReading' | 'close';

export const CONNECTION_TRANSITIONS: Transitions<ConnectionState, ConnectionEvent> = {
  duplex: { endReading: 'writeOnly', close: 'closed' },
  readOnly: { endReading: 'closed', close: 'closed' },
  writeOnly: { endReading: 'writeOnly', close: 'closed' },
  closed: { endReading: 'closed', close: 'closed' },
};
