import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openStore } from '../../../src/dbentrust/sql/open';
import { MYSQL_ENGINE, makeOlderGame } from '../../helpers/oldergame';
import { Project } from '../../helpers/project';
import { freshMysql, sharedMemcached, silentLog } from '../../helpers/services';
import { olderScenario } from './older';

const ROOT = resolve(__dirname, '../../..');

olderScenario('MariaDB and memcached', async () => {
  const database = await freshMysql();
  const { host, port, user, password, database: db } = database.config;
  const store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 5_000, log: silentLog() });
  await makeOlderGame(store, MYSQL_ENGINE);
  await store.close();
  const config = JSON.parse(readFileSync(join(ROOT, 'config.mysql.json'), 'utf8'));
  Object.assign(config.db, { host, port, user, db });
  config.memcached = { urls: [await sharedMemcached()], hostname: db };
  const project = new Project({ 'config.json': JSON.stringify(config) });
  project.link('app', join(ROOT, 'app'));
  return {
    config: project.path('config.json'),
    env: { FIREFLY_DB_PASSWORD: password },
    dataDir: project.path('data'),
    [Symbol.asyncDispose]: async () => {
      project[Symbol.dispose]();
      await database.drop();
    },
  };
});
