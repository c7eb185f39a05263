import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/dbentrust/sql/open';
import { silentLog } from '../../helpers/services';
import { backupScenario } from './backup';

backupScenario('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firefly-copy-'));
  const copy = join(folder, 'backup.sqlite');
  const config = { engine: 'sqlite', host: '', port: 0, user: '', password: '', database: 'game', charset: 'utf8' } as const;
  return {
    config: { engine: 'sqlite', db: 'game' },
    backUp: async (dataDir) => {
      const store = await openStore(config, { dataDir, sqlMs: 5_000, log: silentLog() });
      try {
        await store.query(`VACUUM INTO '${copy}'`);
      } finally {
        await store.close();
      }
    },
    restore: async (dataDir) => {
      for (const rest of ['', '-wal', '-shm']) rmSync(join(dataDir, `game.sqlite${rest}`), { force: true });
      copyFileSync(copy, join(dataDir, 'game.sqlite'));
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
