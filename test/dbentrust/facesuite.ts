/**
 * Firefly's words on rows, declared rows, and what Firefly got wrong and no other suite shows gone; on whichever stores.
 *
 * Where each of its bugs has its test ("data": datasuite.ts, "what Firefly got wrong"; "flush": flush/flushsuite.ts and quarantinesuite.ts, "Firefly: …"):
 * 1 ids begin again: data, here. 2 the loop of saves dies: data, flush, here. 3 idle objects stay for ever: data. 4 an evicted key deletes the row: data, here.
 * 5 evictions lose changes: data, cacheoutage.test.ts. 6 rows that the list of keys misses: data, flush. 7 a change during the save: data, flush. 8 large rows: data, rowcache.test.ts.
 * Lost with memcached: cacheoutage.test.ts. With dbfront: data ("after a crash …"), scenario/dbfrontkilled.test.ts. At a stop: data ("a stop …"), scenario/game.ts. Tables that dbfront did
 * not know: here. Two processes and one row, an update that revives a deleted row: data. SQL that failed and was taken for saved: flush. Values that became SQL, NULL that became 'None': here.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAdmin } from '../../src/dbentrust/face/madmin';
import { MAdminManager } from '../../src/dbentrust/face/madminanager';
import { transaction } from '../../src/dbentrust/face/transaction';
import { LeaseLost, NoSuchRow, PKValueError, RowLocked, RowRefused, StartFailed } from '../../src/errors';
import { type Stores, worldsOn } from './worlds';

interface Item {
  id: number;
  characterId: number;
  stack: number;
  coin: number | bigint;
  name: string;
  note: string | null;
}

/** A field that the type has not, as a program without types names it. */
const misspelt = 'stak' as 'stack';
const tellsColumns = (field: string) => (error: unknown) =>
  error instanceof RowRefused && error.table === 'tb_item' && error.field === field && /it has id, characterId, stack/.test(error.reason);

export function faceSuite(name: string, stores: Stores): void {
  const worlds = worldsOn(stores);

  describe(`${name}: Firefly's words`, () => {
    it('of MAdmin: insert, madmininfo, new, getObj, getObjData, getObjList, getAllPkByFk, checkAll, load, deleteMode', () =>
      worlds(async (world, node) => {
        await world.make('tb_item');
        const items = new MAdmin(() => node.access, 'tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        await items.insert();
        await items.insert();
        assert.deepEqual(items.madmininfo, { table: 'tb_item', pk: 'id', fk: 'characterId', incrkey: 'id' });
        const [sword, bow] = [await items.new({ characterId: 7, name: 'sword' }), await items.new({ characterId: 7, name: 'bow' })];
        assert.equal((await items.getObj(sword.pk))?.data.name, 'sword');
        assert.equal(await items.getObj(4_711), null);
        assert.equal((await items.getObjData(String(bow.pk)))?.name, 'bow');
        assert.equal(await items.getObjData(4_711), null);
        await assert.rejects(items.getObj({} as never), PKValueError);
        const list = await items.getObjList([bow.pk, 4_711, sword.pk]);
        assert.deepEqual(
          list.map(({ data }) => data.name),
          ['bow', 'sword'],
        );
        assert.deepEqual(await items.getAllPkByFk(7), [sword.pk, bow.pk]);
        assert.deepEqual(await items.getFkObj(7).get('pklist'), [sword.pk, bow.pk]);
        assert.deepEqual([(await items.checkAll()).inserted, (await world.rows('tb_item')).length], [2, 2]);
        assert.equal(await items.load(), 2);
        await items.deleteMode(sword.pk);
        await items.deleteMode(sword.pk);
        assert.deepEqual(await items.getAllPkByFk(7), [bow.pk]);
        assert.equal((await items.checkAll()).deleted, 1);
      }));

    it('of MMode: get, getMulti, update, updateMulti, isEffective, syncDB, checkSync, mdelete, lock, release, delete', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ name: 'sword', stack: 2 });
        await item.update('stack', 3);
        await item.updateMulti({ name: 'Sword', coin: 9 });
        assert.deepEqual([await item.get('stack'), (await item.get('data')).name], [3, 'Sword']);
        assert.deepEqual(await item.getMulti(['name', 'coin']), { name: 'Sword', coin: 9 });
        assert.equal(await item.isEffective(), true);
        assert.equal((await item.syncDB()).inserted, 1);
        assert.equal((await item.checkSync()).updated, 0);
        await item.mdelete(); // the copies; the row stays
        assert.equal(await item.get('stack'), 3);
        await item.lock();
        const elsewhere = await (await world.node().admin('tb_item')).getObj(item.pk);
        await assert.rejects(elsewhere?.update('stack', 4) ?? Promise.resolve(), RowLocked);
        await assert.rejects(elsewhere?.lock() ?? Promise.resolve(), RowLocked);
        await item.update('stack', 5);
        await item.release();
        await assert.rejects(item.release(), LeaseLost);
        await elsewhere?.update('stack', 6);
        await item.delete();
        assert.equal(await item.isEffective(), false);
        await assert.rejects(item.get('stack'), NoSuchRow);
      }));

    it('of MAdminManager: registe, getAdmin, checkAdmins, dropAdmin', () =>
      worlds(async (world, node) => {
        const [items, words] = [await node.admin('tb_item', 'id', { incrkey: 'id' }), await node.admin('tb_word', 'word')];
        const manager = new MAdminManager();
        for (const admin of [items, words]) assert.equal(manager.registe(admin), admin);
        assert.equal(manager.getAdmin('tb_word'), words);
        await items.new({});
        await words.new({ word: 'firefly' });
        await manager.checkAdmins();
        assert.deepEqual([(await world.rows('tb_item')).length, (await world.rows('tb_word')).length], [1, 1]);
        manager.dropAdmin('tb_word');
        assert.equal(manager.getAdmin('tb_word'), undefined);
      }));
  });

  describe(`${name}: declared rows`, () => {
    it('a misspelt field is an error that names the columns, in reads too, and changes nothing', () =>
      worlds(async (world, node) => {
        await world.make('tb_item');
        const items = new MAdmin<Item>(() => node.access, 'tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const refused = tellsColumns(misspelt);
        await assert.rejects(item.get(misspelt), refused);
        await assert.rejects(item.getMulti(['name', misspelt]), refused);
        await assert.rejects(item.update(misspelt, 5), refused);
        await assert.rejects(item.updateMulti({ name: 'x', [misspelt]: 5 }), refused);
        await assert.rejects(item.increment(misspelt), refused);
        await assert.rejects(items.new({ [misspelt]: 5 }), refused);
        const change = (body: Parameters<typeof transaction<void>>[1]) => transaction(node.access, body);
        await assert.rejects(
          change(async (t) => {
            await t.update(items, item.pk, { name: 'x' });
            await t.update(items, item.pk, { [misspelt]: 5 });
          }),
          refused,
        );
        await assert.rejects(
          change((t) => t.increment(items, item.pk, misspelt)),
          refused,
        );
        for (const field of ['constructor', '__proto__', 'toString']) {
          await assert.rejects(item.get(field as 'name'), tellsColumns(field));
          await assert.rejects(item.increment(field as 'stack'), tellsColumns(field));
        }
        assert.deepEqual(await item.getMulti(['stack', 'name']), { stack: 1, name: '' });
        const wrong = (options: object) => new MAdmin(() => node.access, 'tb_item', 'id', options).insert();
        await assert.rejects(
          wrong({ fk: 'gild' }),
          (error) => error instanceof StartFailed && /'gild' \(fk\); it has id,/.test(error.message),
        );
        await assert.rejects(wrong({ incrkey: 'name' }), StartFailed);
      }));

    it('the operator decides how durable a table is, whatever the game says', () =>
      worlds(
        async (world, node) => {
          for (const table of ['tb_item', 'tb_word']) await world.make(table);
          const shapeOf = (table: string, pk: string, durability: 'durable' | 'relaxed') => node.port.manage({ table, pk, durability });
          assert.equal((await shapeOf('tb_item', 'id', 'durable')).durability, 'relaxed');
          assert.equal((await shapeOf('tb_word', 'word', 'relaxed')).durability, undefined);
        },
        { durability: { tb_item: 'relaxed', tb_word: 'durable' } },
      ));
  });

  describe(`${name}: what Firefly got wrong, beside its numbered bugs`, () => {
    it('bug 1: ids go on where they were when memcached is empty and dbfront starts again', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const before = Number((await items.new({})).pk);
        for (const key of [`tb_item:${before}`, 'tb_item:_incrvalue']) await world.client()?.delete(key);
        await world.crash();
        const others = await world.node().admin('tb_item', 'id', { incrkey: 'id' });
        assert.ok(Number((await others.new({})).pk) > before);
        assert.ok(Number((await items.new({})).pk) > before);
        assert.equal((await node.port.flush()).inserted, 3);
      }));

    it('bug 2: a default that is not ASCII, a column that is not, and every later row are saved', () =>
      worlds(async (world, node) => {
        const mysql = world.sql.dialect === 'mysql';
        const id = mysql ? 'INT NOT NULL AUTO_INCREMENT PRIMARY KEY' : 'INTEGER PRIMARY KEY AUTOINCREMENT';
        await world.sql.query(
          `CREATE TABLE tb_spirit (id ${id}, spirit VARCHAR(64) NOT NULL DEFAULT '这个人很懒', \`größe\` INT NOT NULL DEFAULT 0)${mysql ? ' DEFAULT CHARSET=utf8mb4' : ''}`,
        );
        const spirits = await node.admin('tb_spirit', 'id', { incrkey: 'id' });
        const lazy = await spirits.new({});
        assert.equal(await lazy.get('spirit'), '这个人很懒');
        await lazy.update('größe', 180);
        const other = await spirits.new({ spirit: 'plain' });
        await spirits.checkAll();
        assert.deepEqual(await world.rows('tb_spirit'), [
          { id: lazy.pk, spirit: '这个人很懒', größe: 180 },
          { id: other.pk, spirit: 'plain', größe: 0 },
        ]);
      }));

    it('bug 4: whatever memcached holds under a row, the row is what was acknowledged', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 7 });
        await node.port.flush();
        for (const garbage of ['', 'nonsense', '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0']) {
          await world.client()?.set(`tb_item:${item.pk}`, Buffer.from(garbage));
          assert.equal(await (await (await world.node().admin('tb_item')).getObj(item.pk))?.get('stack'), 7);
        }
        await node.port.flush();
        assert.equal((await world.rows('tb_item'))[0]?.stack, 7);
      }));

    it('a table that only a game node knows is saved too', () =>
      worlds(async (world, node) => {
        const words = await node.admin('tb_word', 'word');
        await words.new({ word: 'equipment' });
        await world.crash();
        await world.writer.stop();
        assert.deepEqual(await world.rows('tb_word'), [{ word: 'equipment', uses: 0 }]);
      }));

    it('a value is never SQL, as a value, a key, or a key of a list', () =>
      worlds(async (world, node) => {
        const attack = "\\' OR 1=1 -- ";
        const words = await node.admin('tb_word', 'word');
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        for (const word of ['one', 'two', attack]) await words.new({ word });
        const item = await items.new({ characterId: 1, name: attack });
        await node.port.flush();
        for (const word of ['one', 'two', attack]) await node.port.evict('tb_word', word);
        assert.equal((await words.getObj(attack))?.pk, attack);
        assert.equal(await words.getObj("' OR 1=1 -- "), null);
        assert.deepEqual(
          (await words.getObjList(['two', attack, "x') OR ('1'='1"])).map(({ pk }) => pk),
          ['two', attack],
        );
        await assert.rejects(items.getAllPkByFk('1 OR 1=1'), PKValueError);
        await (await words.getObj(attack))?.increment('uses');
        await words.deleteMode("one' OR '1'='1");
        await node.port.flush();
        assert.deepEqual(
          (await world.rows('tb_word')).map(({ word, uses }) => [word, uses]).toSorted(),
          [
            [attack, 1],
            ['one', 0],
            ['two', 0],
          ].toSorted(),
        );
        assert.equal((await world.rows('tb_item')).find(({ id }) => id === item.pk)?.name, attack);
      }));

    it('NULL stays NULL, and a row without its foreign key is listed under the default', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const item = await items.new({ note: 'text', made: '2031-02-28 23:59:59' });
        await node.port.flush();
        await item.updateMulti({ note: null, made: null });
        await node.port.flush();
        const [row] = await world.rows('tb_item');
        assert.deepEqual([row?.note, row?.made], [null, null]);
        assert.deepEqual(await items.getAllPkByFk(0), [item.pk]);
      }));
  });
}
