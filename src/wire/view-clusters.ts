/** Views of one buffer that show the same bytes, or bytes next to each other; with the range they show together. */
export interface Cluster<V extends ArrayBufferView> {
  readonly views: V[];
  start: number;
  end: number;
}

/**
 * What has to cross as one piece of memory, so that what is written through one view is seen through the others, and no byte
 * that none of them shows. Node cuts small Buffers from one piece itself: those that only touch have nothing in common.
 */
export function clusterViews<V extends ArrayBufferView>(views: Iterable<V>): Cluster<V>[] {
  const clusters: Cluster<V>[] = [];
  let last: Cluster<V> | undefined;
  for (const view of [...views].sort((a, b) => a.byteOffset - b.byteOffset)) {
    const { byteOffset: start, byteLength } = view;
    const end = start + byteLength;
    if (last && byteLength > 0 && (start < last.end || (start === last.end && !isCutByNode(view)))) {
      last.views.push(view);
      last.end = Math.max(last.end, end);
      continue;
    }
    const cluster = { views: [view], start, end };
    clusters.push(cluster);
    if (byteLength > 0) last = cluster;
  }
  return clusters;
}

function isCutByNode(view: ArrayBufferView): boolean {
  return Buffer.isBuffer(view) && view.buffer.byteLength === Buffer.poolSize;
}
