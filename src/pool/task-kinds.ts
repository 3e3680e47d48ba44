import { isFunctionRef, type Target } from '../functions/function-ref.ts';
import { type Callee, toCallee } from '../wire/callee.ts';
import { RunCost } from '../workers/run-cost.ts';
import type { TaskKind } from '../workers/task.ts';
import { isSameSettings, type TaskSettings } from '../workers/task-options.ts';

/** What a pool knows of one function. */
interface Known {
  readonly target: Callee;
  readonly cost: RunCost;
  /** The latest kind for each way to call it: mostly the next call is of the same. */
  readonly kinds: Partial<Record<TaskKind['call'], TaskKind>>;
}

/** The kinds of tasks of one pool. Calls of one function share what is known of its cost, and travel together where they can. */
export class TaskKinds {
  readonly #byFunction = new WeakMap<object, Known>();
  readonly #byReference = new Map<string, Known>();
  /** Of an exported function, whose reference never changes: mostly the next call is of the same. */
  #latest: { readonly fn: Target; readonly kind: TaskKind } | undefined;

  /** With the values that the function has captured as they are now. Throws as `toCallee` does. */
  find(fn: Target, call: TaskKind['call'], settings: TaskSettings): TaskKind {
    const latest = this.#latest;
    if (typeof fn === 'function' && latest?.fn === fn && latest.kind.call === call && latest.kind.settings === settings)
      return latest.kind;
    const kind = this.#lookUp(fn, call, settings);
    this.#latest = isFunctionRef(fn) || kind.target.closure !== undefined ? undefined : { fn, kind };
    return kind;
  }

  #lookUp(fn: Target, call: TaskKind['call'], settings: TaskSettings): TaskKind {
    const { target, cost, kinds } = this.#find(fn, toCallee(fn, 'fn'));
    const latest = kinds[call];
    if (latest && isSameSettings(latest.settings, settings)) return latest;
    const kind: TaskKind = { target, call, settings, cost };
    kinds[call] = kind;
    return kind;
  }

  #find(fn: Target, target: Callee): Known {
    const known = isFunctionRef(fn) ? this.#byReference.get(keyOf(fn)) : this.#byFunction.get(fn);
    if (known && isSameTarget(known.target, target)) return known;
    const created: Known = { target, cost: known?.cost ?? new RunCost(), kinds: {} };
    if (isFunctionRef(fn)) this.#byReference.set(keyOf(fn), created);
    else this.#byFunction.set(fn, created);
    return created;
  }
}

function keyOf({ module, export: name }: Callee): string {
  return `${name} ${module}`;
}

/** A closure is another one as soon as one of its variables is. */
function isSameTarget(a: Callee, b: Callee): boolean {
  return a === b || (a.closure === b.closure && a.export === b.export && a.module === b.module);
}
