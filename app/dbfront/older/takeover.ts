/**
 * Copies what an older server's players own into our tables.
 *
 * Rows of a character that is not there stay behind, and so do second rows where there can be one. May be done again when it did not come to its end.
 */
import type { Database } from '../columns';
import { SHARED_TABLES } from './aside';
import { Copy } from './copy';
import * as rows from './rows';
import { integerOf, Names, type OldRow, textOf } from './values';

/** Names may get an id behind them. */
const LONGEST_NAME = 240;

/** What a row of `friendType` has; others are no friends. */
const FRIEND = 1;

/** These are read from `app/data`, whatever an older server had there. */
const STATIC: ReadonlySet<string> = new Set(['tb_profession', 'tb_experience']);

type From = (old: OldRow) => rows.NewRow | undefined;

export async function takeOver(db: Database): Promise<void> {
  const copy = await Copy.of(db);
  for (const table of SHARED_TABLES) if (!STATIC.has(table)) await copy.begin(table, table);
  await copy.begin('tb_arena_ranking', 'tb_arena');

  const characters = await takeCharacters(copy);
  const isThere = (id: unknown) => characters.has(integerOf(id, 0));
  const owned = (column: string, from: From) => (old: OldRow) => (isThere(old[column]) ? from(old) : undefined);

  await takeAccounts(copy, characters);
  await copy.take('tb_item', owned('characterId', rows.itemFrom));
  await copy.take('tb_pet', owned('ownerID', rows.petFrom));
  await copy.take('tb_zhanyi_record', once(['characterId', 'zhangjie'], owned('characterId', rows.stageFrom)));
  await copy.take('tb_character_matrix', once(['characterId'], owned('characterId', rows.formationFrom)));
  await copy.take('tb_equipment', once(['characterId'], owned('characterId', rows.equipmentFrom)));
  await takeRanks(copy, once(['characterId'], owned('characterId', rows.standingFrom)));
  await copy.take('tb_arena_log', rows.arenaFightFrom);
  await copy.take('tb_mail', owned('receiverId', rows.mailFrom));
  const isFriend = ({ characterId, playerId, friendType }: OldRow) =>
    isThere(playerId) && playerId !== characterId && integerOf(friendType, FRIEND) === FRIEND;
  const friendFrom = owned('characterId', (old) => (isFriend(old) ? rows.friendFrom(old) : undefined));
  await copy.take('tb_friend', once(['characterId', 'playerId'], friendFrom));
  await copy.take('tb_guyong_record', owned('characterId', rows.hireFrom));
  await takeBusiness(copy);
}

/** @returns their ids */
async function takeCharacters(copy: Copy): Promise<ReadonlySet<number>> {
  const finished = new Map<number, number>();
  for await (const { characterId, zhangjie } of copy.read('tb_zhanyi_record')) {
    const owner = integerOf(characterId, 0);
    finished.set(owner, Math.max(finished.get(owner) ?? 0, integerOf(zhangjie, 0)));
  }
  const ids = new Set<number>();
  const names = new Names();
  await copy.take('tb_character', (old) => {
    const id = integerOf(old.id, 0);
    ids.add(id);
    return rows.characterFrom(old, names.give(textOf(old.nickname, LONGEST_NAME).normalize('NFC'), id), finished.get(id) ?? 0);
  });
  return ids;
}

async function takeAccounts(copy: Copy, characters: ReadonlySet<number>): Promise<void> {
  const names = new Names();
  await copy.take('tb_register', (old) => {
    const username = names.give(textOf(old.username, LONGEST_NAME), integerOf(old.id, 0));
    return rows.accountFrom(old, username, characters.has(integerOf(old.characterId, 0)));
  });
}

/** An older server could give a rank twice, or leave one out: they are counted again, in their order. */
async function takeRanks(copy: Copy, from: From): Promise<void> {
  const standings: rows.NewRow[] = [];
  for await (const old of copy.read('tb_arena')) {
    const standing = from(old);
    if (standing) standings.push(standing);
  }
  // Rows come by id, and sorting keeps their order where ranks are equal.
  standings.sort((a, b) => Number(a.ranking) - Number(b.ranking));
  const counted = standings.map((standing, at): rows.NewRow => ({ ...standing, ranking: at + 1 }));
  await copy.write('tb_arena', counted);
  const ranks = counted.map(({ ranking, characterId }) => ({ ranking: Number(ranking), characterId: Number(characterId) }));
  await copy.write('tb_arena_ranking', ranks);
}

async function takeBusiness(copy: Copy): Promise<void> {
  const orders = new Names();
  await copy.take('tb_recharge', (old) => rows.rechargeFrom(old, orders.give(textOf(old.orderid, LONGEST_NAME), integerOf(old.id, 0))));
  await copy.take('tb_bill', rows.billFrom);
  await copy.take('tb_statistics', once(['id'], rows.dayFrom));
}

/** The first row with these values, and none of those that come after it. */
function once(columns: readonly string[], from: From): From {
  const taken = new Set<string>();
  return (old) => {
    const row = from(old);
    const key = columns.map((column) => row?.[column]).join();
    if (!row || taken.has(key)) return undefined;
    taken.add(key);
    return row;
  };
}
