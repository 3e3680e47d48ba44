import { fromPlain, type HandleKind, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { Event } from './event.ts';

export const eventHandle: HandleKind<Event> = {
  tag: 'event',
  matches: (value): value is Event => value.constructor === Event,
  encode: ({ block }, carriage) => toPlain(block, carriage),
  decode: (data) => new Event(SharedBlock.admit(KIND.event, fromPlain(data), 'an Event')),
};
