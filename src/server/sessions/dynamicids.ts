/** Which net node has a connection: each says, when it links, which numbers the master granted it. */
import type { Child } from '../../distributed/child';
import type { PBRoot } from '../../distributed/root';

/** The net node that gave out a number; undefined when it is not linked, or an earlier process of it gave the number out. */
export function netOf(root: PBRoot, dynamicId: number): Child | undefined {
  for (const child of root.childsmanager) {
    const { first, count } = rangeOf(child);
    if (dynamicId >= first && dynamicId < first + count) return child;
  }
  return undefined;
}

/** The numbers a net node may give to its connections; empty for a node without a client front. */
export function rangeOf(child: Child): { first: number; count: number } {
  const range = child.info.dynamicIds as { first?: unknown; count?: unknown } | undefined;
  return typeof range?.first === 'number' && typeof range.count === 'number'
    ? { first: range.first, count: range.count }
    : { first: 0, count: 0 };
}
