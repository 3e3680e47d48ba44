/** The error classes of a realm, by name. */
export type ErrorClasses = Readonly<Record<string, ErrorConstructor>>;

const NAMES = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError'];

let current: typeof globalThis = globalThis;
let classes = classesOf(globalThis);

/**
 * Errors are made for the realm with this global object from now on: `instanceof` holds in the code that gets them. Jest
 * runs each test file in a realm of its own, one after the other.
 */
export function adoptRealm(realm: typeof globalThis): void {
  current = realm;
  classes = classesOf(realm);
}

/** The global object of the realm that errors are made for. */
export function currentRealm(): typeof globalThis {
  return current;
}

/** The built-in class of this name; undefined if there is none. */
export function errorClass(name: string): ErrorConstructor | undefined {
  return Object.hasOwn(classes, name) ? classes[name] : undefined;
}

export function aggregateErrorClass(): AggregateErrorConstructor {
  return current.AggregateError;
}

function classesOf(realm: typeof globalThis): ErrorClasses {
  const all = realm as unknown as Record<string, ErrorConstructor>;
  return Object.fromEntries(NAMES.map((name) => [name, all[name] as ErrorConstructor]));
}

/** True for what every plain object inherits from, in this realm or another. */
export function isObjectPrototype(value: object | null): boolean {
  if (value === Object.prototype) return true;
  return value !== null && Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'hasOwnProperty');
}
