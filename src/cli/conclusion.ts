import { ExitStatus } from './exit-status.ts';
import type { StopReason } from './run-stop.ts';
import { formatSummary, type Tally } from './tally.ts';
import { UsageError } from './usage-error.ts';

/** How a run ended: the last line for stderr, and the exit status. */
export interface Conclusion {
  readonly message: string;
  readonly status: ExitStatus;
}

export function concludeRun(reason: StopReason | null, tally: Tally): Conclusion {
  const summary = formatSummary(tally, performance.now());
  switch (reason?.kind) {
    case undefined:
      return { message: summary, status: tally.failed > 0 ? ExitStatus.someFailed : ExitStatus.succeeded };
    case 'halted':
      return { message: `${summary}, halted${formatRest(tally)}`, status: ExitStatus.someFailed };
    case 'interrupted':
      return {
        message: `${summary}, interrupted${formatRest(tally)}`,
        status: reason.signal === 'SIGINT' ? ExitStatus.interrupted : ExitStatus.terminated,
      };
    case 'output-closed':
      return { message: '', status: ExitStatus.brokenPipe };
    case 'broken':
      return {
        message: `${reason.error.message}\n${summary}`,
        status: reason.error instanceof UsageError ? ExitStatus.usage : ExitStatus.someFailed,
      };
    default:
      return reason satisfies never;
  }
}

function formatRest({ total, skipped, done }: Tally): string {
  return total === null ? '' : `, ${total - skipped - done} not run to their end`;
}
