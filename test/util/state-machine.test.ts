import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateMachine } from '#dist/util/state-machine.js';

const DOOR = {
  closed: { open: 'open', lock: 'locked' },
  open: { close: 'closed', knock: 'open' },
  locked: {},
} as const;
type State = keyof typeof DOOR;
type Event = 'open' | 'close' | 'lock' | 'knock';

test('StateMachine moves as its table says and runs the action of each state it enters', () => {
  const entered: string[] = [];
  const door = new StateMachine<State, Event>('door 1', DOOR, 'closed', {
    open: () => entered.push('open'),
    closed: () => entered.push('closed'),
  });
  assert.equal(door.move('open'), 'open');
  assert.equal(door.move('knock'), 'open');
  assert.ok(door.can('close') && !door.can('lock'));
  assert.equal(door.move('close'), 'closed');
  assert.deepEqual(entered, ['open', 'closed']);
});

test('StateMachine throws at an illegal move, with the story of the object', () => {
  const door = new StateMachine<State, Event>('door 1', DOOR, 'closed');
  assert.throws(() => door.move('close'), {
    name: 'InternalError',
    code: 'ERR_INTERNAL',
    message: 'Cannot move door 1 by "close": it is closed; its story: none',
  });
  door.move('open');
  door.move('close');
  door.move('lock');
  assert.throws(() => door.move('open'), {
    message:
      'Cannot move door 1 by "open": it is locked; its story: closed -open-> open, open -close-> closed, closed -lock-> locked',
  });
  assert.equal(door.state, 'locked');
});

test('StateMachine remembers the last moves only', () => {
  const door = new StateMachine<State, Event>('door 1', DOOR, 'open');
  for (let i = 0; i < 1000; i += 1) door.move('knock');
  assert.throws(
    () => door.move('open'),
    (error) => (error as Error).message.length < 1000,
  );
});
