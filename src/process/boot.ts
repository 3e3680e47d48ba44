import type { Identity } from './identity.ts';

/** First message of every channel: who the child is, and what it needs before it does anything. */
export interface Boot {
  readonly kind: 'boot';
  readonly identity: Identity;
  readonly logLevel: string;
  /** The descriptor at which the child finds the tree's shared memory; null without any. */
  readonly arena: number | null;
  /** What the child's program is to do; the body of the message belongs to it. */
  readonly order: unknown;
}

/** Arguments of a child's program: its name, for whoever reads the process table, and the channel's magic. */
export function bootArguments(name: string, magic: number): string[] {
  return [name, String(magic)];
}

export function magicFromArguments(argv: readonly string[]): number {
  return Number(argv[3]);
}
