/** As rolling.test.ts, on MariaDB and memcached: their servers stay, while dbfront and all that reads from them are restarted. */
import { describe, it } from 'node:test';
import { onServers } from '../../../tools/lib/stores';
import { freshMysql, mariaDb, sharedMemcached } from '../../helpers/services';
import { losesNothing } from './rollingpromise';

describe('a rolling restart on MariaDB and memcached', () => {
  for (const [config, nodes] of [
    ['config.mysql.json', 4],
    ['config.cluster.json', 5],
  ] as const) {
    it(`of ${config} loses nothing`, async () => {
      const { config: db, drop } = await freshMysql();
      try {
        await losesNothing(config, onServers(await mariaDb(), await sharedMemcached(), db.database), nodes);
      } finally {
        await drop();
      }
    });
  }
});
