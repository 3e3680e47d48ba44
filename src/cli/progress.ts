import type { WriteStream } from 'node:tty';
import { formatTally, type Tally } from './tally.ts';

/** Live progress on stderr, and messages that must not tear it. */
export interface Progress {
  /** Shows a message of whole lines. */
  note(message: string): void;
  /** Takes the bar away before someone else writes to the same terminal; it comes back by itself. */
  hide(): void;
  /** Stops drawing and leaves nothing behind. */
  end(): void;
}

const BAR_INTERVAL = 100;
const LINE_INTERVAL = 2000;
const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\u001B[K';

/** A bar where `stream` is a terminal, a line every two seconds where it is none, nothing if `isQuiet`. */
export function startProgress(stream: NodeJS.WriteStream, tally: Tally, isQuiet: boolean): Progress {
  if (isQuiet) return { note: () => {}, hide: () => {}, end: () => {} };
  return stream.isTTY ? drawBar(stream, tally) : printLines(stream, tally);
}

function drawBar(terminal: WriteStream, tally: Tally): Progress {
  let isShown = false;
  const draw = (): void => {
    const text = `${formatBar(tally)} ${formatTally(tally, performance.now())}`;
    terminal.write(CLEAR_LINE + text.slice(0, (terminal.columns || 80) - 1));
    isShown = true;
  };
  const hide = (): void => {
    if (isShown) terminal.write(CLEAR_LINE);
    isShown = false;
  };
  const timer = setInterval(draw, BAR_INTERVAL);
  return {
    note(message) {
      hide();
      terminal.write(`${message}\n`);
    },
    hide,
    end() {
      clearInterval(timer);
      hide();
    },
  };
}

function printLines(stream: NodeJS.WriteStream, tally: Tally): Progress {
  let lastDone = 0;
  const timer = setInterval(() => {
    if (tally.done === lastDone) return;
    lastDone = tally.done;
    stream.write(`${formatTally(tally, performance.now())}\n`);
  }, LINE_INTERVAL);
  return {
    note: (message) => void stream.write(`${message}\n`),
    hide: () => {},
    end: () => clearInterval(timer),
  };
}

/** `[=======>        ]`, or `[       <=>      ]` going to and fro where the total is unknown. */
function formatBar({ total, skipped, done }: Tally): string {
  if (total === null) {
    const at = Math.abs(((done + BAR_WIDTH) % (2 * BAR_WIDTH)) - BAR_WIDTH);
    return `[${'<=>'.padStart(at + 3).padEnd(BAR_WIDTH + 3)}]`;
  }
  const filled = Math.floor(((skipped + done) / Math.max(total, 1)) * BAR_WIDTH);
  const tip = filled < BAR_WIDTH ? '>' : '';
  return `[${('='.repeat(filled) + tip).padEnd(BAR_WIDTH)}]`;
}
