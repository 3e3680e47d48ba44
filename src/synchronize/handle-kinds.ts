import type { HandleKind } from '../memory/handle-kind.ts';
import { ownFile } from '../util/own-files.ts';
import { addHandleKinds } from '../wire/handle-kinds.ts';
import { addKind } from '../wire/kind.ts';
import { barrierKind } from './barrier-handle.ts';
import { conditionHandle } from './condition-handle.ts';
import { eventHandle } from './event-handle.ts';
import { lockHandle, rlockHandle } from './lock-handles.ts';
import { boundedSemaphoreHandle, semaphoreHandle } from './semaphore-handles.ts';

/** Everything of this folder that may cross to another process. */
const synchronizeHandles: readonly HandleKind[] = [
  lockHandle,
  rlockHandle,
  semaphoreHandle,
  boundedSemaphoreHandle,
  conditionHandle,
  eventHandle,
];

const module = ownFile('synchronize/handle-kinds.js').href;
addHandleKinds(synchronizeHandles, module);
addKind({ ...barrierKind, module });
