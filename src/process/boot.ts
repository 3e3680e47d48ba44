import type { RingHandle } from '../channel/ring-layout.ts';
import type { InheritedArena } from '../memory/inherited-arena.ts';
import { codeCacheArgument } from '../util/code-cache-argument.ts';
import type { Identity } from './identity.ts';
import type { InheritedBudget } from './inherited-budget.ts';
import type { StartMethod } from './start-method.ts';

/** To a spare, before it is known what it will be: what to import meanwhile, as URLs. */
export interface Preload {
  readonly kind: 'preload';
  readonly modules: readonly string[];
}

/** First message of every channel but for that: who the child is, and what it needs before it does anything. */
export interface Boot {
  readonly kind: 'boot';
  readonly identity: Identity;
  readonly logLevel: string;
  /** How it starts children of its own, unless it says otherwise. */
  readonly startMethod: StartMethod;
  /** Where the child finds the tree's shared memory; null without any. */
  readonly arena: InheritedArena | null;
  /** What the pools of its tasks have of processes; null for a process that runs none. */
  readonly budget: InheritedBudget | null;
  /** Rings to talk by from now on, if the child can; null without any. */
  readonly ring: RingHandle | null;
  /** What the child's program is to do; the body of the message belongs to it. */
  readonly order: unknown;
}

/** Arguments of a child's program: its name, for whoever reads the process table, the channel's magic, and where the code cache is. */
export function bootArguments(name: string, magic: number, codeCache: number | undefined): string[] {
  return [name, String(magic), ...(codeCache === undefined ? [] : [codeCacheArgument(codeCache)])];
}

/** NaN for a thread, which has no need of one. */
export function magicFromArguments(argv: readonly string[]): number {
  return Number(argv[3]);
}
