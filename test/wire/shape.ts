import { types } from 'node:util';

/**
 * A value as text: equal for two values only if a program could not tell them apart, but for being two. Every reference is
 * the number of the object it leads to, in the order of a walk; -0, empty places, the order of properties, prototypes and
 * shared memory show. `Buffer`s are compared by content and sharing, since Node cuts small ones from one piece.
 */
export function shapeOf(root: unknown): string {
  const numbers = new Map<unknown, number>();
  const lines: string[] = [];
  const pending: unknown[] = [];
  const reference = (it: unknown): string => {
    if (!isReference(it)) return primitive(it);
    const known = numbers.get(it);
    if (known !== undefined) return `#${known}`;
    numbers.set(it, numbers.size);
    pending.push(it);
    return `#${numbers.size - 1}`;
  };
  lines.push(reference(root));
  for (let next = 0; next < pending.length; next += 1) {
    const it = pending[next] as object;
    lines.push(`#${numbers.get(it)} ${contents(it, reference)}`);
  }
  return lines.join('\n');
}

type Refer = (it: unknown) => string;

function isReference(it: unknown): boolean {
  return (typeof it === 'object' && it !== null) || typeof it === 'function';
}

function primitive(it: unknown): string {
  if (Object.is(it, -0)) return '-0';
  return typeof it === 'string' ? `"${visible(it)}"` : `${typeof it} ${String(it)}`;
}

/** Lone surrogates would all look alike. */
function visible(text: string): string {
  return [...text].map((unit) => (unit > '~' ? `\\u${unit.charCodeAt(0).toString(16)}` : unit)).join('');
}

function contents(it: object, refer: Refer): string {
  if (typeof it === 'function') return `function ${(it as () => void).name}`;
  const prototype = Object.getPrototypeOf(it);
  const name = prototype === null ? 'null' : prototype.constructor.name;
  return `${name} ${internals(it, refer)} {${properties(it, refer)}}`;
}

function internals(it: object, refer: Refer): string {
  if (Array.isArray(it)) return `length ${it.length}`;
  if (it instanceof Map) return [...it].map(([key, value]) => `${refer(key)}=>${refer(value)}`).join();
  if (it instanceof Set) return [...it].map(refer).join();
  if (it instanceof Date) return primitive(it.getTime());
  if (it instanceof RegExp) return `${it} ${it.lastIndex}`;
  if (it instanceof URL) return it.href;
  if (it instanceof Error) return [it.name, it.message, it.stack, refer(it.cause)].join();
  if (types.isBoxedPrimitive(it)) return primitive(it.valueOf());
  if (it instanceof ArrayBuffer) return hex(new Uint8Array(it));
  if (Buffer.isBuffer(it)) return hex(it);
  if (!ArrayBuffer.isView(it)) return '';
  return `${refer(it.buffer)} ${it.byteOffset} ${it.byteLength}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function properties(it: object, refer: Refer): string {
  if (ArrayBuffer.isView(it) || types.isBoxedPrimitive(it)) return '';
  return Object.keys(it)
    .map((key) => `${visible(key)}:${refer((it as Record<string, unknown>)[key])}`)
    .join();
}
