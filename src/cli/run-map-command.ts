import { cpuCount } from '../os/cpu-count.ts';
import type { Pool } from '../pool/pool.ts';
import { readChunks } from './chunks.ts';
import { concludeRun } from './conclusion.ts';
import type { ExitStatus } from './exit-status.ts';
import { type Inputs, openInputs } from './inputs.ts';
import { watchInterrupts } from './interrupt.ts';
import { LineWriter } from './line-writer.ts';
import { checkModule, closeCrew, openCrew, runChunk } from './map-crew.ts';
import type { MapSettings } from './map-settings.ts';
import { openOutput } from './output.ts';
import { Pace } from './pace.ts';
import { type Progress, startProgress } from './progress.ts';
import { emptyJournal, openJournal } from './resume.ts';
import { runInputs } from './run-inputs.ts';
import { RunStop, type StopReason } from './run-stop.ts';
import type { Tally } from './tally.ts';
import { createKeyMaker } from './task-key.ts';
import { readTaskModule, type TaskModule } from './task-module.ts';

/** Runs `brood map`. Rejects with a UsageError for what cannot be done; until the function is known to be there, no output is touched. */
export async function runMapCommand(moduleText: string, settings: MapSettings): Promise<ExitStatus> {
  const stop = new RunStop();
  const module = await readTaskModule(moduleText);
  const inputs = await openInputs(settings.inputs, stop.draining);
  const tally: Tally = { total: inputs.total, skipped: 0, done: 0, failed: 0, startedAt: performance.now() };
  const pool = openCrew(module, countWorkers(settings, inputs.total));
  const progress = startProgress(process.stderr, tally, settings.isQuiet);
  using _ = watchInterrupts(
    stop,
    () => progress.note('interrupted: running inputs have 2 s to finish; press Ctrl-C again to end at once'),
    (status) => {
      progress.end();
      pool.terminate();
      process.exit(status);
    },
  );
  stop.killed.addEventListener('abort', () => pool.terminate(), { once: true });
  try {
    await checkModule(pool, module);
    tally.startedAt = performance.now();
    if (!stop.draining.aborted) await mapInputs({ module, inputs, settings, pool, stop, tally, progress });
    progress.end();
    const { message, status } = concludeRun(stop.reason, tally);
    if (message !== '' && (stop.reason?.kind === 'broken' || !settings.isQuiet))
      process.stderr.write(`brood: ${message}\n`);
    return status;
  } finally {
    progress.end();
    await closeCrew(pool, stop.killed.aborted);
  }
}

interface Session {
  readonly module: TaskModule;
  readonly inputs: Inputs;
  readonly settings: MapSettings;
  readonly pool: Pool;
  readonly stop: RunStop;
  readonly tally: Tally;
  readonly progress: Progress;
}

async function mapInputs({ module, inputs, settings, pool, stop, tally, progress }: Session): Promise<void> {
  const makeKey = createKeyMaker(module.source, module.ref.export);
  const { output, isResuming } = settings;
  const journal = isResuming && output !== null ? await openJournal(output, makeKey) : emptyJournal;
  if (journal.counts.others > 0) {
    progress.note(
      `resuming: ${journal.counts.others} lines are of another function, or of this one before it was changed`,
    );
  }
  const inputPaths = 'paths' in settings.inputs ? settings.inputs.paths : [];
  const stream = await openOutput(output, isResuming, inputPaths);
  const writer = new LineWriter(stream, (error) => stop.kill(explainWriteError(error, output)));
  const pace = new Pace();
  const isOnTerminal = output === null && process.stdout.isTTY;

  await runInputs({
    count: countWorkers(settings, inputs.total),
    chunks: readChunks({
      values: inputs.values,
      size: () => settings.chunk ?? pace.chunkSize,
      makeKey,
      journal,
      tally,
    }),
    run: (chunk) => pace.measure(chunk.length, runChunk(pool, chunk, settings)),
    write(line) {
      if (isOnTerminal) progress.hide();
      return writer.write(line);
    },
    isOrdered: settings.isOrdered,
    halt: settings.halt,
    stop,
    tally,
    progress,
  });
  await writer.close();
}

function countWorkers({ jobs, chunk }: MapSettings, total: number | null): number {
  const useful = total === null ? Number.POSITIVE_INFINITY : Math.ceil(total / (chunk ?? 1));
  return Math.max(1, Math.min(jobs ?? cpuCount(), useful));
}

function explainWriteError(error: NodeJS.ErrnoException, output: string | null): StopReason {
  if (output === null && error.code === 'EPIPE') return { kind: 'output-closed' };
  const [place, remedy] =
    output === null ? ['stdout', 'nothing more was run'] : [`"${output}"`, 'mend that and run again with --resume'];
  const message = `Cannot write to ${place}: ${error.message}; ${remedy}`;
  return { kind: 'broken', error: new Error(message, { cause: error }) };
}
