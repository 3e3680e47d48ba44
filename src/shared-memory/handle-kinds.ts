import type { HandleKind } from '../memory/handle-kind.ts';
import { ownFile } from '../util/own-files.ts';
import { addHandleKinds } from '../wire/handle-kinds.ts';
import { ShareableList } from './shareable-list.ts';
import { bytesHandle } from './shared-bytes.ts';
import { SharedMemory } from './shared-memory.ts';

/** These cross by name: whoever attaches too late gets `ENOENT`. */
const sharedMemoryHandle: HandleKind<SharedMemory> = {
  tag: 'sharedMemory',
  matches: (value): value is SharedMemory => value.constructor === SharedMemory,
  encode: ({ name }) => name,
  decode: (name) => new SharedMemory({ name: String(name) }),
};

const shareableListHandle: HandleKind<ShareableList> = {
  tag: 'shareableList',
  matches: (value): value is ShareableList => value.constructor === ShareableList,
  encode: ({ shm }) => shm.name,
  decode: (name) => new ShareableList(undefined, { name: String(name) }),
};

/** Everything of this folder that may cross to another process. */
const sharedMemoryHandles: readonly HandleKind[] = [bytesHandle, sharedMemoryHandle, shareableListHandle];

addHandleKinds(sharedMemoryHandles, ownFile('shared-memory/handle-kinds.js').href);
