/** Throws a TypeError for options that are no object. */
export function checkOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new TypeError(`Cannot use options "${String(options)}": they are no object; pass one, or leave them out`);
}
