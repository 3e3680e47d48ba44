/** Environment variable that marks every process of a tree; descendants inherit it, whatever they execute. */
export const TREE_VARIABLE = 'BROOD_TREE';

/** Who this process is. The program's own process is `MainProcess`; a child is told at boot. */
export interface Identity {
  name: string;
  daemon: boolean;
  /** Workers are daemons that may open pools all the same: what they start ends with them. */
  readonly isWorker: boolean;
  /** Child numbers from the root down: [2, 1] is the first child of the second child. */
  readonly path: readonly number[];
  /**
   * The mark of this process: a path of ids, each ended by a slash, so that a tree's mark is a prefix of the marks in it
   * and of no other (`a/5/` and not `a/51/`).
   */
  readonly tree: string;
  readonly parent: { readonly name: string; readonly pid: number } | null;
}

let identity: Identity | undefined;

export function currentIdentity(): Identity {
  identity ??= {
    name: 'MainProcess',
    daemon: false,
    isWorker: false,
    path: [],
    // A program that a task started by other means is a root too, within the tree of that task.
    tree: `${process.env[TREE_VARIABLE] ?? ''}${process.pid}-${crypto.randomUUID()}/`,
    parent: null,
  };
  return identity;
}

/** Once, while a child boots. */
export function assumeIdentity(told: Identity): void {
  identity = told;
}

let trees = 0;

/** The mark for a new child of this process. */
export function nextTree(): string {
  trees += 1;
  return `${currentIdentity().tree}${trees}/`;
}
