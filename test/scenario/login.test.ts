import { openStore } from '../../src/dbentrust/sql/open';
import { freshSqlite, silentLog } from '../helpers/services';
import { gameScenario } from './game';

gameScenario('SQLite and the embedded memcached', async () => {
  const database = await freshSqlite();
  return {
    config: 'config.json',
    env: {},
    dataDir: database.dataDir,
    rows: async (sql) => {
      const store = await openStore(
        { ...database.config, database: 'darkworld' },
        { dataDir: database.dataDir, sqlMs: 5_000, log: silentLog() },
      );
      try {
        return (await store.query(sql)).rows;
      } finally {
        await store.close();
      }
    },
    [Symbol.asyncDispose]: database.drop,
  };
});
