import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  context,
  type Exception,
  propagation,
  type Span,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type {
  DiagnosticsMessages,
  ObservedTask,
  TaskCreateMessage,
  TaskEndMessage,
  TaskLossMessage,
  TaskRetryMessage,
  TaskStartMessage,
} from '../workers/diagnostics-messages.ts';

type Name = keyof DiagnosticsMessages;

/** A span for each task, made of what pools publish. */
export class TaskSpans {
  readonly #name: string;
  readonly #version: string;
  #tracer: Tracer;
  /** Those that have not ended. */
  readonly #spans = new Map<ObservedTask, Span>();
  #isListening = false;
  #isFollowing = false;

  /** The name and version are the tracer's. */
  constructor(name: string, version: string) {
    this.#name = name;
    this.#version = version;
    this.#tracer = trace.getTracer(name, version);
  }

  setProvider(provider: TracerProvider): void {
    this.#tracer = provider.getTracer(this.#name, this.#version);
  }

  listen(): void {
    if (!this.#isListening) subscribe('brood:task:create' satisfies Name, this.#onCreate);
    this.#isListening = true;
    if (!this.#isFollowing) for (const [name, listener] of this.#followers) subscribe(name, listener);
    this.#isFollowing = true;
  }

  /** No new spans. */
  stopListening(): void {
    if (this.#isListening) unsubscribe('brood:task:create' satisfies Name, this.#onCreate);
    this.#isListening = false;
    this.#stopFollowing();
  }

  /** Once all spans that have begun got their end. */
  #stopFollowing(): void {
    if (this.#isListening || !this.#isFollowing || this.#spans.size > 0) return;
    for (const [name, listener] of this.#followers) unsubscribe(name, listener);
    this.#isFollowing = false;
  }

  /** In the context of the call: its active span is the parent. */
  readonly #onCreate = (message: unknown): void => {
    const { task } = message as TaskCreateMessage;
    const { id, pool, name, index } = task;
    const span = this.#tracer.startSpan(`task ${name}`, {
      attributes: {
        'code.function.name': name,
        'brood.pool': pool,
        'brood.task.id': id,
        ...(index !== null && { 'brood.task.index': index }),
      },
    });
    propagation.inject(trace.setSpan(context.active(), span), task.carrier);
    if (span.isRecording()) this.#spans.set(task, span);
  };

  readonly #onStart = (message: unknown): void => {
    const { task, attempt, worker } = message as TaskStartMessage;
    this.#spans.get(task)?.addEvent('start', {
      'brood.task.attempt': attempt,
      'brood.worker.name': worker.name,
      'brood.worker.pid': worker.pid,
    });
  };

  readonly #onLoss = (message: unknown): void => {
    const { task, attempt, worker, reason } = message as TaskLossMessage;
    this.#spans.get(task)?.addEvent('loss', {
      'brood.task.attempt': attempt,
      'brood.worker.name': worker.name,
      'brood.worker.pid': worker.pid,
      'brood.loss.reason': reason,
    });
  };

  readonly #onRetry = (message: unknown): void => {
    const { task, attempt, error } = message as TaskRetryMessage;
    const span = this.#spans.get(task);
    span?.recordException(toException(error));
    span?.addEvent('retry', { 'brood.task.attempt': attempt });
  };

  readonly #onEnd = (message: unknown): void => {
    const { task, attempts, outcome, error, runTime } = message as TaskEndMessage;
    const span = this.#spans.get(task);
    if (!span) return;
    this.#spans.delete(task);
    span.setAttributes({
      'brood.task.outcome': outcome,
      'brood.task.attempts': attempts,
      ...(runTime !== null && { 'brood.task.run_time': runTime }),
    });
    if (outcome === 'failed') {
      const exception = toException(error);
      span.recordException(exception);
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(exception) });
    }
    span.end();
    this.#stopFollowing();
  };

  readonly #followers: ReadonlyArray<readonly [Name, (message: unknown) => void]> = [
    ['brood:task:start', this.#onStart],
    ['brood:task:loss', this.#onLoss],
    ['brood:task:retry', this.#onRetry],
    ['brood:task:end', this.#onEnd],
  ];
}

function toException(error: unknown): Exception {
  return error instanceof Error ? error : String(error);
}

function messageOf(exception: Exception): string {
  return typeof exception === 'string' ? exception : (exception.message ?? '');
}
