import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Row } from '../../../src/dbentrust/port';
import { freshMysql } from '../../helpers/services';
import { flushSuite } from './flushsuite';
import { FlushWorld } from './world';

flushSuite('MariaDB', freshMysql);

it('a statement that updates many rows of an old Firefly table keeps every type and character set', async () => {
  const database = await freshMysql();
  try {
    await using world = await FlushWorld.open(database, { rows: 10 });
    await world.sql.query(`CREATE TABLE odd (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, mark VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL UNIQUE,
      kind ENUM('a', 'b''c', '永') CHARACTER SET utf8mb4 NULL, tags SET('x', 'y') NULL, flags BIT(12) NULL, born YEAR NULL, len TIME NULL, share FLOAT NULL,
      hash VARBINARY(8) NULL, title VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)
      ENGINE=InnoDB`);
    await world.make('odd');
    const top = 2n ** 64n - 1n;
    const rows = (round: number): Row[] => {
      const given: Row[] = [
        {
          kind: 'a',
          tags: 'x,y',
          flags: Buffer.from([5, 0]),
          born: 1999,
          len: '-11:22:33',
          share: 0.5,
          hash: Buffer.from([0, 255, 39]),
          title: 'é',
        },
        { kind: null, tags: null, flags: null, born: null, len: null, share: null, hash: null, title: null },
        {
          kind: "b'c",
          tags: '',
          flags: Buffer.from([15, 255]),
          born: 2155,
          len: '800:00:00',
          share: -1.25,
          hash: Buffer.alloc(0),
          title: '永',
        },
        { kind: '永', tags: 'y', flags: Buffer.from([0, 0]), born: 0, len: '00:00:00', share: 0, hash: Buffer.from('12'), title: '12' },
      ];
      // From round to round every row gets the values of its neighbour.
      return given.map((_, index) => ({
        id: index === 0 ? top : index,
        mark: `Ä${index}`,
        ...given[(index + round) % given.length],
        at: `2031-05-01 0${round}:00:00`,
      }));
    };
    for (let round = 0; round < 4; round++) {
      for (const row of rows(round)) world.put('odd', row.id as number, row);
      const count = world.faults.count();
      assert.deepEqual((await world.flusher.flush()).refused, []);
      assert.ok(count() <= 3 + 4, 'one statement a row');
      const stored = new Map((await world.rows('odd')).map((row) => [String(row.id), { ...row }]));
      for (const row of rows(round)) assert.deepEqual(stored.get(String(row.id)), row);
    }
  } finally {
    await database.drop();
  }
});
