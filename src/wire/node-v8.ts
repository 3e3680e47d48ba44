type V8 = typeof import('node:v8');

let loaded: V8 | undefined;

/**
 * Node's `v8`, from the first value on that only V8 can write or read: streams come with it, which take longer to load than a short
 * process takes for all else.
 */
export function nodeV8(): V8 {
  loaded ??= process.getBuiltinModule('node:v8');
  return loaded;
}
