import { openStore } from '../../../src/dbentrust/sql/open';
import { makeOlderGame } from '../../helpers/oldergame';
import { freshSqlite, silentLog } from '../../helpers/services';
import { olderScenario } from './older';

olderScenario('SQLite and the embedded memcached', async () => {
  const { config, dataDir, drop } = await freshSqlite();
  const store = await openStore({ ...config, database: 'darkworld' }, { dataDir, sqlMs: 5_000, log: silentLog() });
  await makeOlderGame(store, '');
  await store.close();
  return { config: 'config.json', env: {}, dataDir, [Symbol.asyncDispose]: drop };
});
