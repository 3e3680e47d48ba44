import type { Transitions } from '../util/state-machine.ts';

/**
 * listening  peers may connect, and are handed out by accept()
 * closed     the address is free again; those nobody accepted are disconnected
 */
export type ListenerState = 'listening' | 'closed';
export type ListenerEvent = 'close';

export const LISTENER_TRANSITIONS: Transitions<ListenerState, ListenerEvent> = {
  listening: { close: 'closed' },
  closed: { close: 'closed' },
};
