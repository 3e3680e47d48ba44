import 'brood';
import { arenaForChildren } from '#dist/memory/current-arena.js';
import { inheritArena } from '#dist/memory/inherited-arena.js';
import { decode as decodeBytes, encode as encodeBytes } from '#dist/wire/codec.js';
import { ARENA_FD, type Message, TestChild } from './children.js';

/** A value with shared objects at any depth, as text: by the library's own codec. */
export function encode(value: unknown): string {
  return encodeBytes(value, 'input').toString('base64');
}

export function decode(text: Message): Message {
  return decodeBytes(Buffer.from(text, 'base64'));
}

/** Starts the named part of the program beside a test, with shared objects among its input. */
export function startPart(program: string, part: string, input: object = {}): TestChild {
  return new TestChild(new URL(program), { part, input: encode(input) }, arenaForChildren() as number);
}

/** For the child's side: runs the part that was asked for. */
export async function runPart(parts: Record<string, (input: Message) => unknown>): Promise<void> {
  inheritArena(ARENA_FD);
  const { part, input } = JSON.parse(process.argv[2] ?? '{}');
  await parts[part]?.(await decode(input));
}
