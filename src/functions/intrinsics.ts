/** The "module" of functions that every process has without an import. */
export const GLOBAL = 'global:';

let paths: Map<unknown, string> | undefined;

/** `Object.defineProperty`, `Array.prototype.slice`: how a function of the language or of Node is called everywhere; native ones only. */
export function intrinsicPath(fn: object): string | undefined {
  paths ??= findIntrinsics();
  return paths.get(fn);
}

function findIntrinsics(): Map<unknown, string> {
  const found = new Map<unknown, string>();
  const add = (holder: object, prefix: string): Array<[object, string]> =>
    Object.entries(Object.getOwnPropertyDescriptors(holder)).flatMap(([key, { value }]) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [];
      const path = `${prefix}${key}`;
      if (isNative(value) && !found.has(value)) found.set(value, path);
      return [[value, `${path}.`]];
    });
  // What a user has put there, others do not have: natives are as they were.
  const globals = add(globalThis, '').filter(([value, path]) => isNative(value) || NAMESPACES.has(path));
  const prototypes = globals
    .flatMap(([value, path]) => add(value, path))
    .filter(([, path]) => path.endsWith('.prototype.'));
  for (const [value, path] of prototypes) add(value, path);
  return found;
}

const NAMESPACES: ReadonlySet<string> = new Set(['Atomics.', 'Intl.', 'JSON.', 'Math.', 'Reflect.', 'WebAssembly.']);

function isNative(value: object): boolean {
  return (
    typeof value === 'function' &&
    /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(value)) &&
    !/^bound /.test(value.name)
  );
}
