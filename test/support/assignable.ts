/** Comparisons of types that the compiler makes: nothing of this does anything when it runs. */
export type Assignable<From, To> = [From] extends [To] ? true : false;
export type Both<A, B> = [Assignable<A, B>, Assignable<B, A>];

export function same<_T extends [true, true]>(): void {}
/** For options: the contract's must be accepted; ours may accept more. */
export function accepts<_T extends true>(): void {}
