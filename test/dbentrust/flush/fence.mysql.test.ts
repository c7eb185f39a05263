import assert from 'node:assert/strict';
import { freshMysql } from '../../helpers/services';
import { fenceSuite } from './fencesuite';
import { FlushWorld } from './world';

fenceSuite('MariaDB', freshMysql, async (database, frozen) => {
  await using next = await FlushWorld.open(database, { tables: ['plain'], epoch: 2 });
  assert.deepEqual(new Set((await next.rows('plain')).map((row) => row.name)), new Set(['old']));
  for (let id = 1; id <= 150; id++) next.put('plain', id, { id, name: 'new', coin: 3 });
  await next.flusher.flush();
  frozen.wake();
  assert.equal(await frozen.line(), 'failed StoreDown');
  assert.equal(await frozen.line(), 'then Replaced');
  assert.deepEqual(new Set((await next.rows('plain')).map((row) => row.name)), new Set(['new']));
  assert.equal(await next.appliedInSql(), next.position);
});
