import type { Target } from '../functions/function-ref.ts';
import type { ChildOptions } from './child-options.ts';

// biome-ignore lint/suspicious/noExplicitAny: `unknown[]` would refuse every target that takes arguments.
export interface ProcessOptions<A extends unknown[] = any[]> extends ChildOptions {
  /** What it runs. Default: nothing, unless a subclass overrides `run`. */
  target?: Target<A>;
  args?: A;
  /** Default `Process-<n>`, a grandchild `Process-<n>:<m>`; the number is taken at construction. */
  name?: string;
  /** Default: inherited from the current process. Daemons are terminated when their parent's program ends. */
  daemon?: boolean;
  /** stdin is always /dev/null unless 'pipe'. Default: stdout and stderr inherited. */
  stdio?: 'inherit' | 'pipe' | 'ignore';
  /** Aborting it stops the process as `stop()` does. Aborted before `start()`: that throws its reason. */
  signal?: AbortSignal;
  /** Hard cap on the resident memory of the process and its descendants, in bytes: they are killed over it. */
  memoryLimit?: number;
}
