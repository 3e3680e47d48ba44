import { BroodError } from '../../errors/brood-error.ts';
import type { Native } from './contract.ts';
import { createLinuxNative } from './linux/linux-native.ts';

/** What became of the attempt to load the native layer; it is made once, when something first needs it. */
type Outcome = { readonly native: Native } | { readonly reason: string; readonly cause?: unknown };

let outcome: Outcome | undefined;

/** The one place that decides what this platform has. */
function load(): Outcome {
  if (process.env.BROOD_NATIVE === 'off') return { reason: 'BROOD_NATIVE=off is set' };
  if (process.platform !== 'linux') return { reason: `there is no support for ${process.platform} yet` };
  if (process.arch !== 'x64' && process.arch !== 'arm64')
    return { reason: `there is no support for ${process.arch} yet` };
  try {
    return { native: createLinuxNative(process.arch) };
  } catch (error) {
    return {
      reason: `koffi could not be loaded (${error instanceof Error ? error.message : String(error)})`,
      cause: error,
    };
  }
}

/** Why there is no native layer, or undefined where there is one. */
export function missingNativeReason(): string | undefined {
  outcome ??= load();
  return 'native' in outcome ? undefined : outcome.reason;
}

/** System calls. Throws a BroodError with code `ERR_NO_NATIVE` where they cannot be made; `what` is the thing that needs them. */
export function requireNative(what: string): Native {
  outcome ??= load();
  if ('native' in outcome) return outcome.native;
  throw new BroodError(
    'ERR_NO_NATIVE',
    `Cannot use ${what}: shared memory is not available because ${outcome.reason}; Process, Pool, futures, threads, Listener and connect work without it`,
    { cause: outcome.cause },
  );
}
