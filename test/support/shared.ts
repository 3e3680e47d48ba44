import { arenaIfOpen, currentArena, inheritArena } from '#dist/memory/current-arena.js';
import type { HandleKind } from '#dist/memory/handle-kind.js';
import { sharedMemoryHandles } from '#dist/shared-memory/handle-kinds.js';
import { sharedctypesHandles } from '#dist/sharedctypes/handle-kinds.js';
import { synchronizeHandles } from '#dist/synchronize/handle-kinds.js';
import { ARENA_FD, type Message, TestChild } from './children.js';

const kinds: HandleKind[] = [...synchronizeHandles, ...sharedctypesHandles, ...sharedMemoryHandles];

/** What the wire will do: handles at any depth of a JSON value. */
export function encode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kind = kinds.find((candidate) => candidate.matches(value as object));
  if (kind !== undefined) return { $tag: kind.tag, data: kind.encode(value) };
  if (Array.isArray(value)) return value.map(encode);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, encode(field)]));
}

export function decode(value: Message): Message {
  if (typeof value !== 'object' || value === null) return value;
  if (value.$tag !== undefined) return kinds.find(({ tag }) => tag === value.$tag)?.decode(value.data);
  if (Array.isArray(value)) return value.map(decode);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, decode(field)]));
}

/** Runs the named part of the program beside a test, with shared objects among its input. */
export function startPart(program: string, part: string, input: object = {}): TestChild {
  const arena = arenaIfOpen() ?? currentArena('the test');
  return new TestChild(new URL(program), { part, input: encode(input) }, arena.descriptor);
}

/** For the child's side: runs the part that was asked for. */
export async function runPart(parts: Record<string, (input: Message) => unknown>): Promise<void> {
  inheritArena(ARENA_FD);
  const { part, input } = JSON.parse(process.argv[2] ?? '{}');
  await parts[part]?.(decode(input));
}
