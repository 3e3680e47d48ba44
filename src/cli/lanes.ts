import type { Job, Outcome } from './outcome.ts';
import type { RunStop } from './run-stop.ts';

export interface Lanes {
  /** How many chunks are with the workers at once: one each, so that what was sent is what runs, and a stop has nothing to take back. */
  readonly count: number;
  readonly chunks: AsyncIterator<readonly Job[], void>;
  /** The outcomes of a chunk, in its order; those that the end of the run cut off are left out. */
  readonly run: (chunk: readonly Job[]) => AsyncIterable<Outcome>;
  /** Settles once there is room for more. */
  readonly settle: (outcome: Outcome) => Promise<void> | undefined;
  readonly stop: RunStop;
}

/** Runs all chunks, or until the run is to stop. An error of the inputs or of the workers stops it; this never rejects. */
export async function runLanes(lanes: Lanes): Promise<void> {
  await Promise.all(Array.from({ length: lanes.count }, () => runLane(lanes)));
}

async function runLane({ chunks, run, settle, stop }: Lanes): Promise<void> {
  try {
    while (!stop.draining.aborted) {
      const { done, value: chunk } = await chunks.next();
      if (done || stop.draining.aborted) return;
      for await (const outcome of run(chunk)) await settle(outcome);
    }
  } catch (error) {
    // A read of inputs that the stop itself broke off fails too, and has nothing to say.
    stop.drain({ kind: 'broken', error: error as Error });
  }
}
