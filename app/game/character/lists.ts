/**
 * What belongs to a character, row by row: its items, pets and finished stages.
 *
 * A commit compares rows, and a list is no row: two requests could both find nine pets and both add the tenth. So whoever adds to a list or takes from it also counts up `revision` of
 * the character's row, and whoever decides on a list reads that row before it. Of two at once, one runs again with the list as it is then.
 */
import { type MAdmin, type PkValue, type SqlValue, state, type Transaction } from 'firefly-ts';
import { characters } from '../../share/tables';
import { characterOf } from './rows';

/** Rows by what their table's foreign key says. */
type Owned<R> = { readonly [F in keyof R]: SqlValue };

/** A list as it is at a revision of its character. */
interface Known {
  readonly revision: number;
  readonly ids: readonly PkValue[];
}

/**
 * Lists that this node has asked dbfront for, by table and character. A list that changes gets another revision, so what is kept here is right for ever, and a fight asks nobody for
 * the lists that the fight before it has left as they were.
 */
const known = state('game.lists', () => new Map<string, Known>());
/** The oldest make room. */
const MOST_KNOWN = 20_000;

/** What a transaction knows of lists by itself: those it has asked for, with the ids of the rows that it has made, and whose lists it has changed. */
interface Asked {
  readonly lists: Map<string, Promise<PkValue[]>>;
  readonly changed: Set<number>;
}

const asked = new WeakMap<Transaction, Asked>();

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
  const ids = await idsOf(t, table, characterId);
  await listChanges(t, characterId);
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
  askedBy(t).changed.add(characterId);
  await t.update(characters, characterId, { revision: revision + 1 });
}

function askedBy(t: Transaction): Asked {
  const own = asked.get(t) ?? { lists: new Map(), changed: new Set() };
  asked.set(t, own);
  return own;
}

function idsOf<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number): Promise<PkValue[]> {
  const { lists } = askedBy(t);
  const name = `${table.name} ${characterId}`;
  const ids = lists.get(name) ?? readIds(t, table, characterId, name);
  lists.set(name, ids);
  return ids;
}

async function readIds<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number, name: string): Promise<PkValue[]> {
  const { revision } = await characterOf(t, characterId);
  const isCommitted = !askedBy(t).changed.has(characterId);
  const before = isCommitted ? known.get(name) : undefined;
  if (before?.revision === revision) return [...before.ids];
  const ids = await table.getAllPkByFk(characterId);
  if (isCommitted) keep(name, { revision, ids: [...ids] });
  return ids;
}

function keep(name: string, list: Known): void {
  known.delete(name);
  known.set(name, list);
  if (known.size <= MOST_KNOWN) return;
  for (const [oldest] of known) {
    known.delete(oldest);
    return;
  }
}
