import type { TracerProvider } from '@opentelemetry/api';
import { packageVersion } from '../util/package-version.ts';
import { setTaskScope } from '../workers/task-scope.ts';
import { CarriedContext } from './carried-context.ts';
import { TaskSpans } from './task-spans.ts';

export interface BroodInstrumentationConfig {
  /** Default true; false: nothing happens before `enable()`. */
  enabled?: boolean;
}

/**
 * OpenTelemetry for pools and executors: a span for each task, from its submission to its end, and its context in the worker, so
 * that spans made there are its children. It belongs into every process: into the one that submits, for the spans, and into
 * workers, for the context. Each needs its own tracer provider, context manager and propagator.
 *
 * It has the interface of `@opentelemetry/instrumentation`, so it can be given to `registerInstrumentations()` and to `NodeSDK`;
 * without them `new BroodInstrumentation()` is all. With several of them that are enabled there are as many spans.
 */
export class BroodInstrumentation {
  readonly instrumentationName = 'brood';
  readonly instrumentationVersion: string = packageVersion();
  readonly #spans: TaskSpans = new TaskSpans(this.instrumentationName, this.instrumentationVersion);
  readonly #scope = new CarriedContext();
  #config: BroodInstrumentationConfig;

  constructor(config: BroodInstrumentationConfig = {}) {
    this.#config = { enabled: true, ...config };
    if (this.#config.enabled) this.enable();
  }

  /** Tasks that are submitted from now on have spans. Does nothing if it is enabled. */
  enable(): void {
    this.#config = { ...this.#config, enabled: true };
    this.#spans.listen();
    setTaskScope(this.#scope);
  }

  /** Tasks that are submitted from now on have none; those there are end theirs. */
  disable(): void {
    this.#config = { ...this.#config, enabled: false };
    this.#spans.stopListening();
    setTaskScope(undefined);
  }

  /** Default: the global one. */
  setTracerProvider(provider: TracerProvider): void {
    this.#spans.setProvider(provider);
  }

  /** Nothing is measured here: a pool's figures are `statistics()`. */
  setMeterProvider(_provider: unknown): void {}

  setConfig(config: BroodInstrumentationConfig): void {
    this.#config = { enabled: true, ...config };
  }

  getConfig(): BroodInstrumentationConfig {
    return this.#config;
  }
}
