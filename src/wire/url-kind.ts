import type { Kind } from './kind.ts';

/** Structured clone makes an empty object of a URL, without a word. */
export const urlKind: Kind<URL, { href: string }> = {
  tag: 'url',
  matches: (value) => value instanceof URL && Object.getPrototypeOf(value) === URL.prototype,
  encode: ({ href }) => ({ href }),
  create: ({ href }) => new URL(href),
};
