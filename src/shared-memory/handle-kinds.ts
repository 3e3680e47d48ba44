import type { HandleKind } from '../memory/handle-kind.ts';
import { bytesHandle } from './shared-bytes.ts';

/** Everything of this folder that may cross to another process. */
export const sharedMemoryHandles: ReadonlyArray<HandleKind<any>> = [bytesHandle];
