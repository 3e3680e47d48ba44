/** An argument of a child's program: the descriptor of its parent's code cache. */
export function codeCacheArgument(descriptor: number): string {
  return `code-cache=${descriptor}`;
}

/** Undefined if the arguments name none. */
export function codeCacheDescriptor(argv: readonly string[]): number | undefined {
  const found = argv.map((argument) => /^code-cache=(\d+)$/.exec(argument)?.[1]).find((it) => it !== undefined);
  return found === undefined ? undefined : Number(found);
}
