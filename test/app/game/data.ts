/** The game's own data, for tests. */
import assert from 'node:assert/strict';
import { GAME_DATA } from '../../../app/data/gamedata';
import { Refused, type TextKey } from '../../../app/share/refused';

export const DATA = GAME_DATA.en;

/** A row of a table that must have it. */
export function row<T>(table: ReadonlyMap<number, T>, id: number): T {
  const found = table.get(id);
  assert.ok(found, `no row ${id}`);
  return found;
}

/** `work` is refused for this reason. */
export function refuses(key: TextKey, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof Refused && error.key === key, `refused with ${key}`);
}
