/**
 * What belongs to a character, row by row: its items, pets and finished stages.
 *
 * A commit compares rows, and a list is no row: two requests could both find nine pets and both add the tenth. So whoever adds to a list or takes from it also counts up `revision` of
 * the character's row, and whoever decides on a list reads that row before it. Of two at once, one runs again with the list as it is then.
 */
import type { MAdmin, PkValue, SqlValue, Transaction } from 'firefly-ts';
import { characters } from '../../share/tables';
import { characterOf } from './rows';

/** Rows by what their table's foreign key says. */
type Owned<R> = { readonly [F in keyof R]: SqlValue };

/** The ids of each list that a transaction has asked for, with those of the rows that it has made: dbfront does not know these before the commit. */
const asked = new WeakMap<Transaction, Map<string, Promise<PkValue[]>>>();

/** All rows of a character in a table, with what this transaction has changed of them. @throws Refused when there is no such character */
export async function listOf<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number): Promise<R[]> {
  await characterOf(t, characterId);
  const ids = await idsOf(t, table, characterId);
  const rows = await Promise.all(ids.map((id) => t.get(table, id)));
  return rows.flatMap((row) => (row ? [row] : []));
}

/** @param row names its owner in the table's foreign key. @returns the new row's id */
export async function addToList<R extends Owned<R>>(
  t: Transaction,
  table: MAdmin<R>,
  characterId: number,
  row: Partial<R>,
): Promise<number> {
  await listChanges(t, characterId);
  const ids = await idsOf(t, table, characterId);
  const id = Number(await t.insert(table, row));
  ids.push(id);
  return id;
}

export async function takeFromList<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number, id: number): Promise<void> {
  await listChanges(t, characterId);
  await t.delete(table, id);
}

/** For a change that leaves the list as long as it was, but matters to who decides on it. */
export async function listChanges(t: Transaction, characterId: number): Promise<void> {
  const { revision } = await characterOf(t, characterId);
  await t.update(characters, characterId, { revision: revision + 1 });
}

function idsOf<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number): Promise<PkValue[]> {
  const lists = asked.get(t) ?? new Map<string, Promise<PkValue[]>>();
  asked.set(t, lists);
  const name = `${table.name} ${characterId}`;
  const ids = lists.get(name) ?? table.getAllPkByFk(characterId);
  lists.set(name, ids);
  return ids;
}
