import { parseDuration } from './duration.ts';
import { type HaltPolicy, parseHalt } from './halt.ts';
import type { InputRequest } from './inputs.ts';
import { UsageError } from './usage-error.ts';

/** The options of `brood map` as commander leaves them. */
export interface MapOptions {
  files?: string[];
  lines?: boolean;
  ndjson?: boolean;
  jobs?: string;
  timeout?: string;
  retries?: string;
  unordered?: boolean;
  chunk?: string;
  output?: string;
  resume?: boolean;
  halt?: string;
  quiet?: boolean;
}

/** What a `brood map` is asked to do, checked. */
export interface MapSettings {
  readonly inputs: InputRequest;
  /** Workers; null is as many as this machine has cores for us. */
  readonly jobs: number | null;
  /** Milliseconds for each input; null is no limit. */
  readonly timeout: number | null;
  readonly retries: number;
  readonly isOrdered: boolean;
  /** Inputs sent at once; null adapts to what they take. */
  readonly chunk: number | null;
  /** Null is stdout. */
  readonly output: string | null;
  readonly isResuming: boolean;
  readonly halt: HaltPolicy | null;
  readonly isQuiet: boolean;
}

/** Throws a UsageError for whatever cannot be meant. */
export function readMapSettings(values: readonly string[], options: MapOptions): MapSettings {
  const output = options.output === undefined || options.output === '-' ? null : options.output;
  if (options.resume && output === null) {
    throw new UsageError('Cannot resume: there is no output to resume from; name it with --output');
  }
  return {
    inputs: readInputRequest(values, options),
    jobs: options.jobs === undefined ? null : parseCount(options.jobs, '--jobs', 1),
    timeout: options.timeout === undefined ? null : parseDuration(options.timeout, '--timeout'),
    retries: parseCount(options.retries ?? '0', '--retries', 0),
    isOrdered: !options.unordered,
    chunk: options.chunk === undefined ? null : parseCount(options.chunk, '--chunk', 1),
    output,
    isResuming: options.resume ?? false,
    halt: options.halt === undefined ? null : parseHalt(options.halt),
    isQuiet: options.quiet ?? false,
  };
}

function readInputRequest(values: readonly string[], { files, lines, ndjson }: MapOptions): InputRequest {
  const sources = [files && '--files', lines && '--lines', ndjson && '--ndjson'].filter(Boolean);
  if (sources.length > 1) {
    throw new UsageError(`Cannot read inputs: ${sources.join(' and ')} are both given; keep one of them`);
  }
  if (lines || ndjson) {
    return { kind: lines ? 'lines' : 'ndjson', paths: values.length === 0 ? ['-'] : values };
  }
  if (files) return { kind: 'files', patterns: files, values };
  if (values.length > 0) return { kind: 'arguments', values };
  throw new UsageError('Cannot map: there are no inputs; give them as arguments, or use --files, --lines or --ndjson');
}

function parseCount(text: string, option: string, least: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new UsageError(`Cannot read ${option} "${text}": it is no whole number from ${least} up; write one`);
}
