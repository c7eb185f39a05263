/** What becomes of an older server's database, on whichever store. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { migrations } from '../../../app/dbfront/migrations';
import { takeOver } from '../../../app/dbfront/older/takeover';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { makeOlderGame, OLDER_ROWS } from '../../helpers/oldergame';
import { type FreshDatabase, silentLog } from '../../helpers/services';

export function olderSuite(dialect: string, fresh: () => Promise<FreshDatabase>, engine = ''): void {
  describe(`the database of an older server on ${dialect}`, () => {
    let database: FreshDatabase;
    let store: SqlStore;

    before(async () => {
      database = await fresh();
      store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 10_000, log: silentLog() });
      await makeOlderGame(store, engine);
      assert.deepEqual(await store.migrate(migrations), Object.keys(migrations));
    });
    after(async () => {
      await store.close();
      await database.drop();
    });

    const rows = async (sql: string) => (await store.query(sql)).rows.map((row) => Object.values(row));

    it('is kept as it was, under other names', async () => {
      for (const [table, before] of Object.entries(OLDER_ROWS)) {
        assert.deepEqual(await rows(`SELECT COUNT(*) FROM older_${table}`), [[before.length]], table);
      }
    });

    it('has every character, each under a name of its own, with what it owned and no NULL', async () => {
      const columns = 'id, nickname, profession, level, exp, coin, gold, energy, energytime, packageSize, guanqia, revision, entries';
      assert.deepEqual(await rows(`SELECT ${columns} FROM tb_character ORDER BY id`), [
        [1000001, '阿尔法', 4, 5, 12, 99999999, 99999999, 30, 0, 24, 1002, 0, 1],
        [1000002, '阿尔法#1000002', 1, 1, 0, 0, 0, 30, 0, 24, 1000, 0, 1],
        [1000003, '#1000003', 1, 100, 0, 999999, 0, 0, 0, 24, 1000, 0, 1],
      ]);
      assert.deepEqual(await rows('SELECT LastonlineTime, createtime FROM tb_character WHERE id = 1000001'), [
        [null, '2014-03-01 12:00:00'],
      ]);
    });

    it('has every account, each under a name of its own, and a role only where there is one', async () => {
      assert.deepEqual(await rows('SELECT id, username, password, characterId, enable FROM tb_register ORDER BY id'), [
        [1915, 'test106', '111111', 1000001, 1],
        [1916, 'test106#1916', '222222', 0, 1],
        [1917, 'roleless', '', 0, 1],
        [1918, 'test107', '111111', 1000002, 1],
        [1919, 'test108', '111111', 1000003, 0],
      ]);
    });

    it('has what belongs to a character that is there, once', async () => {
      assert.deepEqual(await rows('SELECT id, characterId, itemTemplateId, durability, stack, exp FROM tb_item ORDER BY id'), [
        [9124, 1000001, 10150001, 0, 1, 0],
        [9125, 1000001, 53000001, -1, 1, 0],
      ]);
      assert.deepEqual(await rows('SELECT id, name, level, exp, energy, StrGrowth FROM tb_pet ORDER BY id'), [
        [3000001, '', 5, 0, 0, 34],
        [3000002, '小二', 1, 0, 0, 16],
      ]);
      assert.deepEqual(await rows('SELECT zhangjie, star FROM tb_zhanyi_record ORDER BY id'), [
        [1000, 3],
        [1001, 2],
      ]);
      assert.deepEqual(await rows('SELECT characterId, playerId, guyong FROM tb_friend'), [[1000001, 1000002, 1]]);
    });

    it('has each hero in its formation, each pet there once, and what is worn in its slot', async () => {
      const places = Array.from({ length: 9 }, (_, at) => `eyes_${at + 1}`).join();
      assert.deepEqual(await rows(`SELECT characterId, ${places} FROM tb_character_matrix ORDER BY characterId`), [
        [1000001, 3000001, -1, -1, -1, 0, -1, -1, -1, -1],
        [1000002, -1, -1, -1, -1, 0, -1, -1, -1, -1],
      ]);
      assert.deepEqual(await rows('SELECT characterId, trousers, header, cloak FROM tb_equipment'), [[1000001, 9124, -1, -1]]);
    });

    it('has each rank once, in the order of before, in both tables of the arena', async () => {
      assert.deepEqual(await rows('SELECT id, characterId, ranking, surplustimes FROM tb_arena ORDER BY ranking'), [
        [1000002, 1000002, 1, 15],
        [1000001, 1000001, 2, 3],
        [1000003, 1000003, 3, 15],
      ]);
      assert.deepEqual(await rows('SELECT ranking, characterId FROM tb_arena_ranking ORDER BY ranking'), [
        [1, 1000002],
        [2, 1000001],
        [3, 1000003],
      ]);
    });

    it('has mails, fights, hires, payments and counts', async () => {
      assert.deepEqual(await rows('SELECT id, title, sender, isReaded, sendTime FROM tb_mail ORDER BY id'), [
        [1, '你好', '阿尔法', 0, '2000-01-01 00:00:00'],
        [2, '', '', 0, '2014-03-01 12:00:00'],
      ]);
      assert.deepEqual(await rows('SELECT id, tiaozhan, rankingChange FROM tb_arena_log'), [[106, 1000001, 2]]);
      assert.deepEqual(await rows('SELECT id, characterId, coinbound FROM tb_guyong_record'), [[1, 1000001, 100]]);
      assert.deepEqual(await rows('SELECT id, orderid, rbm, boo FROM tb_recharge ORDER BY id'), [
        [1, 'order', 600, 1],
        [2, 'order#2', 600, 1],
        [3, '#3', 0, -8],
      ]);
      assert.deepEqual(await rows('SELECT id, spendGold FROM tb_bill'), [[442, 10]]);
      assert.deepEqual(await rows('SELECT id, recorddate, high FROM tb_statistics'), [[20140301, '2014-03-01', 12]]);
    });

    it('has the professions of this game', async () => {
      assert.deepEqual(await rows('SELECT COUNT(*) FROM tb_profession'), [[8]]);
    });

    it('gives new characters and pets ids behind all of these', async () => {
      const { insertId } = await store.query("INSERT INTO tb_character (nickname) VALUES ('newer')");
      assert.equal(insertId, 1000004);
      await store.query('DELETE FROM tb_character WHERE id = 1000004');
    });

    it('is taken over the same when that is done again', async () => {
      const all = async () => Promise.all(Object.keys(OLDER_ROWS).map((table) => rows(`SELECT * FROM ${table} ORDER BY 1`)));
      const before = await all();
      assert.deepEqual(await store.migrate({ ...migrations, '9999_again': { up: takeOver } }), ['9999_again']);
      assert.deepEqual(await all(), before);
    });
  });
}
