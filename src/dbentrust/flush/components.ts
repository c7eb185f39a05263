/**
 * Which rows of a cut stand and fall together: what SQL refuses takes all of these with it, and nothing else.
 *
 * Rows of one group; groups that share a row; rows of which one gets a unique value that the other gives up; rows that lie together in the quarantine already.
 */

import type { RowState } from '../writer/table';
import type { Image } from './cut';

/** @param frozenGroup the quarantine's group of a row that lies there */
export function componentsOf(
  images: readonly Image[],
  groups: readonly (readonly RowState[])[],
  frozenGroup: (row: RowState) => number | undefined,
): Image[][] {
  const union = new Union<RowState>();
  for (const [first, ...others] of groups) for (const other of others) if (first) union.join(first, other);
  linkHandedOver(images, union);
  const frozen = new Map<number, RowState>();
  for (const { row } of images) {
    const group = frozenGroup(row);
    const first = group === undefined ? undefined : frozen.get(group);
    if (first) union.join(first, row);
    else if (group !== undefined) frozen.set(group, row);
  }
  const components = new Map<RowState, Image[]>();
  for (const image of images) {
    const root = union.rootOf(image.row);
    const component = components.get(root);
    if (component) component.push(image);
    else components.set(root, [image]);
  }
  return [...components.values()];
}

function linkHandedOver(images: readonly Image[], union: Union<RowState>): void {
  const takers = new Map<string, RowState>();
  for (const { row, now } of images) if (now) for (const name of uniqueNames(row, now)) takers.set(name, row);
  for (const { row } of images) {
    if (!row.stored) continue;
    for (const name of uniqueNames(row, row.stored)) {
      const taker = takers.get(name);
      if (taker && taker !== row) union.join(taker, row);
    }
  }
}

function* uniqueNames({ table }: RowState, values: NonNullable<RowState['now']>): Generator<string> {
  for (const { key, form } of table.uniqueValues(values)) yield `${table.name} ${key.name} ${form}`;
}

class Union<T> {
  readonly #parents = new Map<T, T>();

  join(a: T, b: T): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    if (rootA !== rootB) this.#parents.set(rootA, rootB);
  }

  rootOf(item: T): T {
    let root = item;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    // Later questions take the short way.
    for (let at = item; at !== root; ) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }
}
