import { test } from 'node:test';
import { assertKillsLeaveNothing } from '../support/step-kills.js';

test('a process that is killed at any step of leaving buffers out, or of reading them, leaves nothing', () =>
  assertKillsLeaveNothing(new URL('./buffer-block.child.js', import.meta.url)));
