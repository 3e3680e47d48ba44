type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `exactly<Expected>(value)` compiles only if the value's type is just that, neither wider nor narrower. */
export function exactly<Expected>(): <Actual>(
  actual: IsSame<Actual, Expected> extends true ? Actual : { readonly expected: Expected },
) => void {
  return () => {};
}
