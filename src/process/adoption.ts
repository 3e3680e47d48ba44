import type { BroadcastChannel } from 'node:worker_threads';
import { missingNativeReason, requireNative } from '../os/native/native.ts';
import { readTaskStatus } from '../os/native/task-status.ts';

/** What a thread tells whenever it changes, so that of those who come late or miss one nobody stays behind. */
interface Announcement {
  /** The system's id of the thread. */
  readonly thread: number;
  /** Process ids of all that it has started and not seen end, with their start times. */
  readonly children: ReadonlyMap<number, number | undefined>;
}

/** Reaches all threads of this process. */
const CHANNEL = 'brood: children of threads';

/** Loaded when it is needed: it is a part of every child's start. */
const threads = (): typeof import('node:worker_threads') => process.getBuiltinModule('node:worker_threads');

/** Of this thread; empty in a main thread. */
const children = new Map<number, number | undefined>();
let announcements: BroadcastChannel | undefined;

/**
 * Has the main thread take notice of a child's end, should this thread be gone by then: a zombie stays until its parent asks for
 * it by name, and that is the whole process, of which nobody else knows the name. Nothing is done in a main thread, nor without the
 * native layer.
 */
export function announceChild(pid: number): void {
  if (threads().isMainThread || missingNativeReason() !== undefined) return;
  children.set(pid, readTaskStatus(pid)?.startTime);
  announce();
}

/** It has ended and been reaped here. */
export function retractChild(pid: number): void {
  if (children.delete(pid)) announce();
}

function announce(): void {
  announcements ??= new (threads().BroadcastChannel)(CHANNEL);
  announcements.unref();
  const thread = requireNative('processes in threads').threads.currentId();
  announcements.postMessage({ thread, children } satisfies Announcement);
}

/** What each thread that lives has told last. */
const ofThreads = new Map<number, Announcement['children']>();

function adoptChildrenOfThreads(): void {
  if (!threads().isMainThread) return;
  const channel = new (threads().BroadcastChannel)(CHANNEL);
  channel.unref();
  channel.onmessage = ({ data }) => listen(data as Announcement); // Only this file writes to that channel.
}

function listen({ thread, children }: Announcement): void {
  const isKnown = ofThreads.has(thread);
  ofThreads.set(thread, children);
  if (isKnown) return;
  requireNative('processes in threads').deaths.watch(thread, () => {
    for (const [pid, startTime] of ofThreads.get(thread) ?? []) adopt(pid, startTime);
    ofThreads.delete(thread);
  });
}

/** The thread may have reaped it and not have told any more; then somebody else may have its id by now. */
function adopt(pid: number, startTime: number | undefined): void {
  const { deaths } = requireNative('processes in threads');
  deaths.watch(pid, () => {
    if (readTaskStatus(pid)?.startTime === startTime) deaths.reap(pid);
  });
}

// With the first thread, and not before: most programs have none.
process.once('worker', adoptChildrenOfThreads);
