/**
 * What belongs to a character, row by row: its items, pets and finished stages.
 *
 * A commit compares rows, and a list is no row: two requests could both find nine pets and both add the tenth. So whoever adds to a list or takes from it also counts up `revision` of
 * the character's row, and whoever decides on a list reads that row before it. Of two at once, one runs again with the list as it is then.
 */
import { type MAdmin, type PkValue, type SqlValue, state, type Transaction } from 'firefly-ts';
import { characters } from '../../share/tables';
import { remember } from '../remember';
import { characterOf } from './rows';

/** Rows by what their table's foreign key says. */
type Owned<R> = { readonly [F in keyof R]: SqlValue };

/** The lists of a character as they are at a revision of it, by table. */
interface Known {
  readonly revision: number;
  readonly ids: ReadonlyMap<string, readonly PkValue[]>;
}

/**
 * Lists that this node has asked dbfront for, by character. A list that changes gets another revision, so what is kept here is right for as long as the character has that revision. What
 * a transaction of this node has made of the lists is kept when it is committed: who fights again asks nobody for them.
 */
const known = state('game.knownLists', () => new Map<number, Known>());
/** The oldest make room. */
const MOST_KNOWN = 20_000;
const NONE: Known['ids'] = new Map();

/** The lists of a character in a transaction. */
interface Asked {
  /** Of the character's row as it was read. */
  readonly revision: number;
  /** By table: ids of the rows that were there and still are, and of those that the transaction has made. */
  readonly ids: Map<string, PkValue[]>;
  hasChanged: boolean;
}

const asked = new WeakMap<Transaction, Map<number, Asked>>();

/** All rows of a character in a table, with what this transaction has changed of them. @throws Refused when there is no such character */
export async function listOf<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number): Promise<R[]> {
  const rows = await t.getMany(table, await idsOf(t, table, characterId));
  return rows.flatMap((row) => (row ? [row] : []));
}

/** The ids of those rows, for who knows without reading it which of them matters. @throws Refused when there is no such character */
export async function idsOf<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number): Promise<readonly PkValue[]> {
  return ownIds(await askedOf(t, characterId), table, characterId);
}

/**
 * Reads what this node last saw of a list, so that it comes in one request with whatever else is asked for in this turn; the first time it only asks what is in it. Who needs the list
 * asks for it later: rows that have gone meanwhile were read in vain.
 */
export async function foresee<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number): Promise<void> {
  const ids = known.get(characterId)?.ids.get(table.name);
  await (ids ? t.getMany(table, ids) : idsOf(t, table, characterId));
}

/** @param row names its owner in the table's foreign key. @returns the new row's id */
export async function addToList<R extends Owned<R>>(
  t: Transaction,
  table: MAdmin<R>,
  characterId: number,
  row: Partial<R>,
): Promise<number> {
  const ids = await ownIds(await askedOf(t, characterId), table, characterId);
  await listChanges(t, characterId);
  const id = Number(await t.insert(table, row));
  ids.push(id);
  return id;
}

export async function takeFromList<R extends Owned<R>>(t: Transaction, table: MAdmin<R>, characterId: number, id: number): Promise<void> {
  const ids = await ownIds(await askedOf(t, characterId), table, characterId);
  await listChanges(t, characterId);
  await t.delete(table, id);
  const at = ids.indexOf(id);
  if (at >= 0) ids.splice(at, 1);
}

/** For a change that leaves the list as long as it was, but matters to who decides on it. */
export async function listChanges(t: Transaction, characterId: number): Promise<void> {
  const own = await askedOf(t, characterId);
  if (own.hasChanged) return;
  own.hasChanged = true;
  const revision = own.revision + 1;
  await t.update(characters, characterId, { revision });
  t.onCommitted(() => keep(characterId, { revision, ids: new Map([...knownAt(characterId, own.revision), ...own.ids]) }));
}

async function askedOf(t: Transaction, characterId: number): Promise<Asked> {
  const all = asked.get(t) ?? new Map<number, Asked>();
  asked.set(t, all);
  if (!all.has(characterId)) {
    const { revision } = await characterOf(t, characterId);
    if (!all.has(characterId)) all.set(characterId, { revision, ids: new Map(), hasChanged: false });
  }
  return all.get(characterId) as Asked;
}

/** The list as the transaction has it, to be changed with it. */
async function ownIds<R extends Owned<R>>({ ids, revision }: Asked, table: MAdmin<R>, characterId: number): Promise<PkValue[]> {
  if (!ids.has(table.name)) {
    const there = await committedIds(table, characterId, revision);
    if (!ids.has(table.name)) ids.set(table.name, there);
  }
  return ids.get(table.name) as PkValue[];
}

async function committedIds<R extends Owned<R>>(table: MAdmin<R>, characterId: number, revision: number): Promise<PkValue[]> {
  const there = knownAt(characterId, revision).get(table.name);
  if (there) return [...there];
  const ids = await table.getAllPkByFk(characterId);
  keep(characterId, { revision, ids: new Map([...knownAt(characterId, revision), [table.name, [...ids]]]) });
  return ids;
}

function knownAt(characterId: number, revision: number): Known['ids'] {
  const there = known.get(characterId);
  return there?.revision === revision ? there.ids : NONE;
}

function keep(characterId: number, lists: Known): void {
  remember(known, characterId, lists, MOST_KNOWN);
}
