import assert from 'node:assert/strict';
import { StartFailed } from '../../../src/errors';
import { freshSqlite } from '../../helpers/services';
import { fenceSuite } from './fencesuite';
import { FlushWorld } from './world';

/** Nobody can end the transaction of another process in a SQLite file: the successor does not start, and says what to do. */
fenceSuite('SQLite', freshSqlite, async (database, frozen) => {
  await assert.rejects(FlushWorld.open(database, { epoch: 2, sqlMs: 300 }), (error) => {
    assert.ok(error instanceof StartFailed, String(error));
    assert.match(error.message, new RegExp(`locked by another process; the last writer was process ${frozen.pid}.*kill -9 ${frozen.pid}`));
    return true;
  });
  await frozen[Symbol.asyncDispose]();
  await using next = await FlushWorld.open(database, { tables: ['plain'], epoch: 2 });
  assert.deepEqual((await next.sql.query('SELECT DISTINCT coin FROM plain')).rows, [{ coin: 1 }]);
  assert.equal(await next.appliedInSql(), 300);
});
