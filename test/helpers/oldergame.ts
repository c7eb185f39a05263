/** The database of an older server of the sample game: tables as they were then, and players with what such databases have seen. */
import type { SqlStore, SqlValue } from '../../src/dbentrust/sql/store';

type Rows = Readonly<Record<string, readonly (readonly SqlValue[])[]>>;

const TABLES: Readonly<Record<string, readonly [columns: string, key: string]>> = {
  tb_register: [
    'username VARCHAR(255), password VARCHAR(255), email VARCHAR(255), characterId INT, pid INT, lastonline DATETIME, logintimes INT, enable INT',
    'id, username',
  ],
  tb_character: [
    `nickname VARCHAR(255), profession INT, level INT, exp INT, coin INT, gold INT, energy INT, hp INT, town INT, packageSize INT,
     LastonlineTime DATETIME, createtime DATETIME, guanqia INT, camp INT, spirit VARCHAR(255)`,
    'id',
  ],
  tb_item: ['characterId INT, itemTemplateId INT, isBound INT, durability INT, stack INT, exp INT, accesstime DATETIME', 'id'],
  tb_pet: [
    'ownerID INT, name VARCHAR(255), templateID INT, level INT, exp INT, hp INT, StrGrowth INT, WisGrowth INT, VitGrowth INT, DexGrowth INT',
    'id',
  ],
  tb_zhanyi_record: ['characterId INT, zhanyi INT, zhangjie INT, star INT', 'id'],
  tb_character_matrix: [`characterId INT, matrixId INT, ${Array.from({ length: 9 }, (_, at) => `eyes_${at + 1} INT`).join()}`, 'id'],
  tb_equipment: ['characterId INT, body INT, trousers INT, header INT, bracer INT, shoes INT, belt INT, necklace INT, waist INT', 'id'],
  tb_arena: [
    'characterId INT, score INT, ranking INT, liansheng INT, lastresult INT, lasttime DATETIME, surplustimes INT, buytimes INT, receive INT, recorddate DATE',
    'id',
  ],
  tb_arena_log: [
    'tiaozhan INT, yingzhan INT, tiaozhanname VARCHAR(255), yingzhanname VARCHAR(255), success INT, rankingChange INT, recordtime DATETIME',
    'id',
  ],
  tb_mail: [
    'title VARCHAR(255), senderId INT, sender VARCHAR(255), receiverId INT, type INT, content VARCHAR(255), isReaded INT, isSaved INT, sendTime DATETIME',
    'id',
  ],
  tb_friend: ['characterId INT, playerId INT, friendType INT, guyong INT', 'friendId'],
  tb_guyong_record: [
    'characterId INT, chaname VARCHAR(255), zyname VARCHAR(255), zyid INT, battleresult INT, coinbound INT, huoli INT, reocrddate DATETIME',
    'id',
  ],
  tb_recharge: ['uid VARCHAR(20), rbm INT, zuan INT, orderid VARCHAR(255), boo INT, rtime DATETIME', 'id'],
  tb_bill: ['characterId INT, spendType INT, spendGold INT, itemId INT, spendDetails VARCHAR(255), recordDate DATETIME', 'id'],
  tb_statistics: ['recorddate DATE, high INT, createrole INT, loginuser INT, onlineaverage INT, onlinetotal INT', 'id'],
  tb_profession: ['preName VARCHAR(255)', 'preId'],
};

const NEVER = '0000-00-00 00:00:00';
const THEN = '2014-03-01 12:00:00';

/** By column, in the order of the table, the key first. */
export const OLDER_ROWS: Rows = {
  tb_register: [
    [1915, 'test106', '111111', null, 1000001, -1, NEVER, null, 1],
    [1916, 'test106', '222222', 'a@b.c', 0, -1, THEN, 3, 1],
    [1917, 'roleless', null, null, 999999, null, null, null, null],
    [1918, 'test107', '111111', null, 1000002, -1, THEN, 1, 1],
    [1919, 'test108', '111111', null, 1000003, -1, THEN, 1, 0],
  ],
  tb_character: [
    [1000001, '阿尔法', 4, 5, 12, 99999999, 99999999, 200, 500, 1000, 24, NEVER, THEN, 1000, 2, 'idle'],
    [1000002, '阿尔法', 0, null, null, null, null, null, null, null, null, null, null, null, null, null],
    [1000003, '', 1, 250, -7, 999999, -1, -3, 0, 1000, 24, THEN, THEN, 1000, 0, null],
  ],
  tb_item: [
    [9124, 1000001, 10150001, 0, 0, 1, null, THEN],
    [9125, 1000001, 53000001, null, null, null, null, null],
    [9126, 999999, 10150001, 0, 0, 1, 0, THEN],
  ],
  tb_pet: [
    [3000001, 1000001, '', 15005, 5, 0, 100, 34, 1, 16, 20],
    [3000002, 1000001, '小二', 15001, null, null, null, 16, 1, 26, 28],
  ],
  tb_zhanyi_record: [
    [86, 1000001, 0, 1000, 3],
    [87, 1000001, 0, 1001, 2],
    [88, 1000001, 0, 1001, 1],
  ],
  tb_character_matrix: [
    [8535, 1000001, 0, 3000001, -1, 3000001, null, 0, -1, -1, -1, 1000002],
    [8536, 1000002, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1],
    [8537, 1000001, 0, -1, -1, -1, -1, 0, -1, -1, -1, -1],
  ],
  tb_equipment: [[1808, 1000001, -1, 9124, null, null, -1, -1, -1, -1]],
  tb_arena: [
    [5, 1000002, 0, 2, 0, 0, NEVER, 15, 0, 0, '2014-03-01'],
    [7, 1000001, 0, 2, 4, 1, THEN, 3, 0, 1, '2014-03-01'],
    [8, 999999, 0, 1, 0, 0, THEN, 15, 0, 0, '2014-03-01'],
    [9, 1000003, 0, 9, 0, 0, THEN, 15, 0, 0, '2014-03-01'],
  ],
  tb_arena_log: [[106, 1000001, 1000002, '阿尔法', '阿尔法', 1, 2, THEN]],
  tb_mail: [
    [1, '你好', 1000002, '阿尔法', 1000001, 1, '再见', 0, 0, NEVER],
    [2, null, -1, null, 1000001, 0, null, null, null, THEN],
  ],
  tb_friend: [
    [1, 1000001, 1000002, 1, 1],
    [2, 1000001, 1000002, 1, 0],
    [3, 1000001, 1000003, 2, 0],
  ],
  tb_guyong_record: [[1, 1000001, '阿尔法', '关', 1000, 1, 100, 1, null]],
  tb_recharge: [
    [1, '1915', 600, 60, 'order', 1, THEN],
    [2, '1915', 600, 60, 'order', 1, THEN],
    [3, '1915', 0, 5, null, -8, THEN],
  ],
  tb_bill: [[442, 1000001, 8, 10, 0, '培养', THEN]],
  tb_statistics: [[3, '2014-03-01', 12, 3, 9, 5, 700]],
  tb_profession: [[1, 'Archer']],
};

/** @param engine of its tables, for a store that has several */
export async function makeOlderGame(store: SqlStore, engine: string): Promise<void> {
  for (const [table, [columns, key]] of Object.entries(TABLES)) {
    const [first = 'id'] = key.split(',');
    await store.query(`CREATE TABLE ${table} (${first} INTEGER NOT NULL, ${columns}, PRIMARY KEY (${key})) ${engine}`);
    for (const row of OLDER_ROWS[table] ?? []) {
      await store.query(`INSERT INTO ${table} VALUES (${row.map(() => '?').join()})`, row);
    }
  }
}

/** As the older server made them. */
export const MYSQL_ENGINE = 'ENGINE=MyISAM DEFAULT CHARSET=utf8';
