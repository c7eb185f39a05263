/** Tables with declared rows: what is right compiles as a game's owner compiles it, and each mistake does not. */
import { describe, it } from 'node:test';
import { compile } from '../docs/compile';
import { Project } from '../helpers/project';

const GAME = `
import { defineTable, MAdmin, MAdminManager, transaction } from 'firefly-ts';

interface Character {
  id: number;
  nickname: string;
  coin: number;
  exp: number | bigint;
  guild: number | null;
  portrait: Buffer | null;
}

const characters = defineTable<Character>('tb_character', { pk: 'id', fk: 'guild', incrkey: 'id', durability: 'relaxed' });
new MAdminManager().registe(characters);

export async function right(): Promise<void> {
  const character = await characters.new({ nickname: 'Ada', coin: 5 });
  const name: string = await character.get('nickname');
  const { coin, guild }: { coin: number; guild: number | null } = await character.getMulti(['coin', 'guild']);
  const all: Character = await character.get('data');
  await character.update('nickname', name + character.data.nickname + all.nickname);
  await character.updateMulti({ guild: null, coin: coin + (guild ?? 0) }, { ifVersion: character.version });
  await character.increment('coin', 5, { max: 10 });
  await character.increment('exp', 5n);
  await character.increment('guild');
  const read: Character | null = await characters.getObjData(1);
  const [first] = await characters.getObjList(await characters.getAllPkByFk(read?.guild ?? 0));
  const second = await characters.getObj(2);
  await transaction(async (t) => {
    const row: Character | null = await t.get(characters, 1);
    await t.update(characters, 1, { coin: (row?.coin ?? 0) + (first?.data.coin ?? 0) });
    await t.increment(characters, 2, 'coin', second?.data.coin);
    await t.insert(characters, { nickname: 'Bob' });
    await t.delete(characters, 3);
  });
}

export async function wrong(): Promise<void> {
  // @ts-expect-error
  defineTable<Character>('tb_character', { pk: 'di' });
  // @ts-expect-error
  defineTable<Character>('tb_character', { pk: 'id', fk: 'gild' });
  // @ts-expect-error
  defineTable<Character>('tb_character', { pk: 'id', incrkey: 'nickname' });
  // @ts-expect-error
  defineTable<{ id: number; made: Date }>('tb_character', { pk: 'id' });
  // @ts-expect-error
  const character = await characters.new({ nickname: 'Ada', coins: 5 });
  // @ts-expect-error
  await characters.new({ nickname: 5 });
  // @ts-expect-error
  await character.get('nikname');
  // @ts-expect-error
  await character.getMulti(['coin', 'gild']);
  // @ts-expect-error
  character.data.coins;
  // @ts-expect-error
  await character.update('coins', 5);
  // @ts-expect-error
  await character.update('coin', 'five');
  // @ts-expect-error
  await character.updateMulti({ coin: 5, gild: null });
  // @ts-expect-error
  await character.updateMulti({ nickname: null });
  // @ts-expect-error
  await character.increment('nickname');
  // @ts-expect-error
  await character.increment('coins');
  // @ts-expect-error
  (await characters.getObjData(1))?.coins;
  await transaction(async (t) => {
    // @ts-expect-error
    (await t.get(characters, 1))?.coins;
    // @ts-expect-error
    await t.update(characters, 1, { coins: 5 });
    // @ts-expect-error
    await t.increment(characters, 1, 'nickname');
    // @ts-expect-error
    await t.insert(characters, { nick: 'Bob' });
  });
}

/** Firefly's own way: any field, found out when it is used. */
export async function untyped(): Promise<void> {
  const items = new MAdmin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
  new MAdminManager().registe(items);
  const item = await items.new({ anything: 5 });
  await item.update('anything', 'else');
  await item.increment('anything');
  await transaction(async (t) => t.update(items, 1, { anything: (await t.get(items, 1))?.whatever ?? null }));
}
`;

describe('a table with declared rows', () => {
  it('compiles where it is right, and not where a field is misspelt or of another type', () => {
    using project = new Project({ 'game.ts': GAME });
    compile(project);
  });
});
