import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { TaskScope } from '../workers/task-scope.ts';

/** Tasks of this worker run in the context that came with them. */
export class CarriedContext implements TaskScope {
  run<T>(carrier: Readonly<Record<string, string>>, call: () => T): T {
    return context.with(propagation.extract(ROOT_CONTEXT, carrier), call);
  }

  /** Of the global provider: what waits to be exported would end with the worker. */
  async flush(): Promise<void> {
    try {
      await flushable(trace.getTracerProvider())?.forceFlush();
    } catch (error) {
      process.emitWarning(`Cannot export the last spans of this worker: ${String(error)}`, {
        code: 'BROOD_SPANS_DROPPED',
      });
    }
  }
}

interface Flushable {
  forceFlush(): Promise<void>;
}

/** The global provider is a stand-in for the registered one; flushing is the SDK's, and not in the API. */
function flushable(provider: object): Flushable | undefined {
  const { getDelegate } = provider as { getDelegate?: () => object };
  const actual = getDelegate ? getDelegate.call(provider) : provider;
  return typeof (actual as Partial<Flushable>).forceFlush === 'function' ? (actual as Flushable) : undefined;
}
