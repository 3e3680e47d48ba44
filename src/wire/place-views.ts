import { type Cluster, clusterViews } from './view-clusters.ts';
import { describeView, type ViewData } from './view-kind.ts';

/** A view that was met while packing, and the number of the special value that stands for it. */
export interface MetView {
  readonly view: ArrayBufferView;
  readonly special: number;
  /** Which value of a list it is in: two of them share nothing. */
  readonly item: number;
}

/** Of every element size a multiple: views stay aligned in memory that begins at one. */
const ALIGNMENT = 8;

/** What crosses for memory, or stands for it. */
export interface CrossingMemory {
  /** Where all of a buffer crosses anyway. */
  wholeOf(buffer: ArrayBuffer): ArrayBuffer | undefined;
  /** Undefined: these bytes are to be in the message. */
  leaveOut(bytes: Uint8Array): ArrayBuffer | undefined;
}

/** What crosses for each view. */
export function placeViews(met: readonly MetView[], memory: CrossingMemory): Map<number, ViewData> {
  const placed = new Map<number, ViewData>();
  for (const [buffer, views] of byMemory(met)) {
    const numbers = new Map(views.map(({ view, special }) => [view, special]));
    const place: Place = (view, data) => void placed.set(numbers.get(view) as number, data);
    const whole = memory.wholeOf(buffer);
    if (whole) {
      for (const { view } of views) place(view, describeView(view, whole, view.byteOffset));
      continue;
    }
    for (const cluster of clusterViews(numbers.keys())) {
      const [first, second] = cluster.views;
      if (first && !second) placeAlone(first, memory, place);
      else placeCluster(cluster, buffer, memory, place);
    }
  }
  return placed;
}

function byMemory(met: readonly MetView[]): Array<[ArrayBuffer, MetView[]]> {
  const groups: Array<[ArrayBuffer, MetView[]]> = [];
  let groupOf = new Map<ArrayBuffer, MetView[]>();
  let item = -1;
  for (const it of met) {
    if (it.item !== item) groupOf = new Map(); // Those of one item follow each other.
    item = it.item;
    const buffer = it.view.buffer as ArrayBuffer; // Shared memory was refused, or is a handle.
    const group = groupOf.get(buffer);
    if (group) group.push(it);
    else {
      const views = [it];
      groupOf.set(buffer, views);
      groups.push([buffer, views]);
    }
  }
  return groups;
}

type Place = (view: ArrayBufferView, data: ViewData) => void;

function placeAlone(view: ArrayBufferView, { leaveOut }: CrossingMemory, place: Place): void {
  const memory = leaveOut(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  place(view, memory ? describeView(view, memory, 0) : { view });
}

function placeCluster(
  { views, start, end }: Cluster<ArrayBufferView>,
  buffer: ArrayBuffer,
  { leaveOut }: CrossingMemory,
  place: Place,
): void {
  const from = start - (start % ALIGNMENT);
  const memory = from === 0 && end === buffer.byteLength ? buffer : buffer.slice(from, end);
  if (memory !== buffer) new Uint8Array(memory, 0, start - from).fill(0); // No view shows these.
  const crossing = leaveOut(new Uint8Array(memory)) ?? memory;
  for (const view of views) place(view, describeView(view, crossing, view.byteOffset - from));
}
