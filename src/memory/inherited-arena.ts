let inherited: number | undefined;

/**
 * Says, at the start of a child, at which descriptor the arena of the process tree was inherited. Costs nothing, and so does
 * this file: the arena is attached when something first needs it.
 */
export function inheritArena(descriptor: number): void {
  inherited = descriptor;
}

export function inheritedArena(): number | undefined {
  return inherited;
}
