import { createDeferred } from '../util/deferred.ts';
import { type Wait, waitFor } from '../util/wait.ts';
import { currentIdentity } from './identity.ts';

/** The process that started this one. */
export interface ParentProcess {
  readonly name: string;
  readonly pid: number;
  /** False once it has died, however it died. */
  isAlive(): boolean;
  /** True once the parent has died, false if time ran out. */
  join(wait?: Wait): Promise<boolean>;
}

const gone = createDeferred<void>();
let isGone = false;

/** Null in the main process. */
export function parentProcess(): ParentProcess | null {
  const { parent } = currentIdentity();
  return parent && { ...parent, isAlive: () => !isGone, join: (wait) => waitFor(gone.promise, () => isGone, wait) };
}

/** Once, by whoever watches the channel to the parent. */
export function reportParentGone(): void {
  isGone = true;
  gone.resolve();
}
