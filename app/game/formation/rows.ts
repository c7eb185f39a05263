/** The row of a formation in a transaction. */
import type { Transaction } from 'firefly-ts';
import { type Formation, formations } from '../../share/tables';
import { FIRST_FORMATION, type Places } from './rules';

const COLUMNS = ['eyes_1', 'eyes_2', 'eyes_3', 'eyes_4', 'eyes_5', 'eyes_6', 'eyes_7', 'eyes_8', 'eyes_9'] as const;

/** Who never entered the game stands alone. */
export async function placesOf(t: Transaction, characterId: number): Promise<Places> {
  const row = await t.get(formations, characterId);
  return row ? COLUMNS.map((column) => row[column]) : FIRST_FORMATION;
}

export async function putPlaces(t: Transaction, characterId: number, places: Places): Promise<void> {
  const columns = Object.fromEntries(COLUMNS.map((column, at) => [column, places[at]])) as Partial<Formation>;
  if (await t.get(formations, characterId)) await t.update(formations, characterId, columns);
  else await t.insert(formations, { characterId, ...columns });
}
