import type { Transitions } from '../util/state-machine.ts';

export type CrewState =
  | 'open' // takes jobs
  | 'closing' // finishes the jobs it has; takes no more
  | 'ending' // no job is left; workers are going
  | 'ended'; // no worker is left

export type CrewEvent = 'close' | 'finish' | 'terminate' | 'end';

export const CREW_TRANSITIONS: Transitions<CrewState, CrewEvent> = {
  open: { close: 'closing', terminate: 'ending' },
  closing: { close: 'closing', finish: 'ending', terminate: 'ending' },
  ending: { close: 'ending', finish: 'ending', terminate: 'ending', end: 'ended' },
  ended: { close: 'ended', terminate: 'ended', finish: 'ended', end: 'ended' },
};
