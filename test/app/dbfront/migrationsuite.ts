/** What the game's tables promise, on whichever store. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EXPERIENCE_TO_LEAVE, MAX_LEVEL } from '../../../app/data/experience';
import { migrations } from '../../../app/dbfront/migrations';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore, TableInfo } from '../../../src/dbentrust/sql/store';
import { type FreshDatabase, silentLog } from '../../helpers/services';

/** Table, its primary key, and the columns of its unique keys. */
const TABLES: readonly [table: string, primaryKey: string, unique?: string][] = [
  ['tb_register', 'id', 'username'],
  ['tb_character', 'id', 'nickname'],
  ['tb_item', 'id'],
  ['tb_pet', 'id'],
  ['tb_zhanyi_record', 'id', 'characterId,zhangjie'],
  ['tb_character_matrix', 'characterId'],
  ['tb_equipment', 'characterId'],
  ['tb_arena', 'id', 'characterId'],
  ['tb_arena_log', 'id'],
  ['tb_arena_ranking', 'ranking'],
  ['tb_mail', 'id'],
  ['tb_friend', 'friendId', 'characterId,playerId'],
  ['tb_guyong_record', 'id'],
  ['tb_recharge', 'id', 'orderid'],
  ['tb_bill', 'id'],
  ['tb_statistics', 'id', 'recorddate'],
  ['tb_wine_shop', 'characterId'],
  ['tb_pet_trained', 'petId'],
  ['tb_admin_record', 'id', 'operationid'],
  ['tb_ledger', 'id'],
  ['tb_profession', 'preId'],
  ['tb_experience', 'level'],
];

export function migrationSuite(dialect: string, fresh: () => Promise<FreshDatabase>): void {
  describe(`the game's tables on ${dialect}`, () => {
    let database: FreshDatabase;
    let store: SqlStore;

    before(async () => {
      database = await fresh();
      store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 10_000, log: silentLog() });
      assert.deepEqual(await store.migrate(migrations), Object.keys(migrations));
    });
    after(async () => {
      await store.close();
      await database.drop();
    });

    const described = async (table: string): Promise<TableInfo> => {
      const info = await store.describe(table);
      assert.ok(info, table);
      return info;
    };

    it('are made once', async () => {
      assert.deepEqual(await store.migrate(migrations), []);
    });

    it('have the keys that make a name, an order and a day unique', async () => {
      for (const [table, primaryKey, unique] of TABLES) {
        const info = await described(table);
        assert.deepEqual(info.primaryKey, [primaryKey], table);
        assert.deepEqual(
          info.uniqueKeys.map(({ columns }) => columns.join(',')),
          unique ? [unique] : [],
          table,
        );
      }
    });

    it('begin roles at 1000001 and pets at 3000001', async () => {
      const role = await store.query("INSERT INTO tb_character (nickname) VALUES ('first')");
      const pet = await store.query('INSERT INTO tb_pet (ownerID, templateID) VALUES (1000001, 1)');
      assert.deepEqual([role.insertId, pet.insertId], [1_000_001, 3_000_001]);
    });

    it('give a new role its start: level 1, 10000 coins, no gold, full energy', async () => {
      const { rows } = await store.query('SELECT level, exp, coin, gold, energy, town, guanqia, profession FROM tb_character');
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [{ level: 1, exp: 0, coin: 10_000, gold: 0, energy: 30, town: 1000, guanqia: 1000, profession: 1 }],
      );
    });

    it('take characters of before the ledger as ones whose first entry is gone', async () => {
      const older = await fresh();
      const names = Object.keys(migrations);
      const since = names.slice(names.indexOf('0011_ledger'));
      const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => !since.includes(name)));
      const old = await openStore(older.config, { dataDir: older.dataDir, sqlMs: 10_000, log: silentLog() });
      try {
        await old.migrate(before);
        await old.query("INSERT INTO tb_character (nickname, coin) VALUES ('older', 77)");
        assert.deepEqual(await old.migrate(migrations), since);
        await old.query("INSERT INTO tb_character (nickname) VALUES ('newer')");
        const { rows } = await old.query('SELECT nickname, coin, entries FROM tb_character ORDER BY id');
        assert.deepEqual(
          rows.map((row) => ({ ...row })),
          [
            { nickname: 'older', coin: 77, entries: 1 },
            { nickname: 'newer', coin: 10_000, entries: 0 },
          ],
        );
      } finally {
        await old.close();
        await older.drop();
      }
    });

    it('tell names apart by every byte', async () => {
      const add = (name: string) => store.query('INSERT INTO tb_register (username, password) VALUES (?, ?)', [name, 'x']);
      for (const name of ['chenee', 'Chenee', 'chenée', '萤火', '😀']) await add(name);
      await assert.rejects(add('chenee'));
      const { rows } = await store.query('SELECT characterId, pid, enable FROM tb_register WHERE username = ?', ['chenee']);
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [{ characterId: 0, pid: -1, enable: 1 }],
      );
    });

    it('hold the professions and the experience curve of the game', async () => {
      const professions = await store.query('SELECT preId, perPhyDefVit, ordSkill FROM tb_profession ORDER BY preId');
      assert.equal(professions.rows.length, 8);
      assert.deepEqual({ ...professions.rows[0] }, { preId: 1, perPhyDefVit: 0.75, ordSkill: 100006 });
      const experience = await store.query('SELECT level, ExpRequired FROM tb_experience ORDER BY level');
      assert.deepEqual(
        experience.rows.map((row) => row.ExpRequired),
        EXPERIENCE_TO_LEAVE.slice(1, MAX_LEVEL + 1),
      );
    });
  });
}
