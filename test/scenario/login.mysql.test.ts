import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openStore } from '../../src/dbentrust/sql/open';
import { Project } from '../helpers/project';
import { freshMysql, sharedMemcached, silentLog } from '../helpers/services';
import { gameScenario } from './game';

const ROOT = resolve(__dirname, '../..');

/** `config.mysql.json` of the project, led to the test's own database and memcached. */
gameScenario('MariaDB and memcached', async () => {
  const database = await freshMysql();
  const { host, port, user, password, database: db } = database.config;
  const written = JSON.parse(readFileSync(join(ROOT, 'config.mysql.json'), 'utf8')) as { db: object; memcached: object };
  const config = {
    ...written,
    db: { ...written.db, host, port, user, db },
    memcached: { urls: [await sharedMemcached()], hostname: db },
  };
  const project = new Project({ 'config.json': JSON.stringify(config) });
  project.link('app', join(ROOT, 'app'));
  return {
    config: project.path('config.json'),
    env: { FIREFLY_DB_PASSWORD: password },
    dataDir: project.path('data'), // the journal and the database belong together
    rows: async (sql) => {
      const store = await openStore(database.config, { dataDir: project.dir, sqlMs: 5_000, log: silentLog() });
      try {
        return (await store.query(sql)).rows;
      } finally {
        await store.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      project[Symbol.dispose]();
      await database.drop();
    },
  };
});
