import { fstatSync } from 'node:fs';
import type { Arena } from '#dist/memory/arena.js';
import { Cells } from '#dist/memory/cells.js';
import { Spans } from '#dist/memory/spans.js';

export const residentBytes = ({ descriptor }: Arena): number => fstatSync(descriptor).blocks * 512;

/** Cells that are not free, whoever holds them; `kind`: of those only. */
export function cellsInUse({ words, parties }: Arena, kind?: number): number {
  const cells = new Cells(words);
  const spans = new Spans(words, parties);
  let inUse = 0;
  for (let span = 0; span < spans.high; span += 1) {
    if (spans.cellBytes(span) < 64) continue;
    for (const cell of spans.cellsIn(span)) {
      if (!cells.isFree(cell) && (kind === undefined || cells.kind(cell) === kind)) inUse += 1;
    }
  }
  return inUse;
}
