import type { Kind } from './kind.ts';
import { define } from './members.ts';

/** Structured clone gives an object without a prototype the usual one, and with it members that nobody put there. */
export const nullObjectKind: Kind<object, { fields: Record<string, unknown> }> = {
  tag: 'null-object',
  matches: (value) => Object.getPrototypeOf(value) === null,
  encode: (value) => ({ fields: { ...value } }),
  create: () => Object.create(null),
  fill(value, { fields }) {
    for (const key of Object.keys(fields)) define(value, key, fields[key]);
  },
};
