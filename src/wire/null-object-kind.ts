import { SerializationError } from '../errors/serialization-error.ts';
import { hasHiddenState } from './hidden-state.ts';
import type { Kind } from './kind.ts';
import { define } from './members.ts';

/** Structured clone gives an object without a prototype the usual one, and with it members that nobody put there. */
export const nullObjectKind: Kind<object, { fields: Record<string, unknown> }> = {
  tag: 'null-object',
  matches: (value) => Object.getPrototypeOf(value) === null,
  encode(value, path) {
    if (!hasHiddenState(value)) return { fields: { ...value } };
    throw new SerializationError(
      `Cannot send ${path}: its prototype was removed, and what it holds would be lost; send it as it was`,
      path,
    );
  },
  create: () => Object.create(null),
  fill(value, { fields }) {
    for (const key of Object.keys(fields)) define(value, key, fields[key]);
  },
};
