import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, readPage } from '../../docs/page';
import { freshMysql } from '../../helpers/services';
import { backupScenario } from './backup';

/** The commands of the page that hold this word. */
function commandsOf(word: string): string {
  return (
    blocksOf(readPage('docs/data.md'))
      .filter(({ language }) => language === 'sh')
      .map(({ text }) => text)
      .find((text) => text.includes(word)) ?? ''
  );
}

backupScenario('MariaDB', async () => {
  const { config, drop } = await freshMysql();
  const { host, port, user, password, database: db } = config;
  const folder = mkdtempSync(join(tmpdir(), 'firefly-copy-'));
  const env = { ...process.env, DB_HOST: host, DB_PORT: String(port), DB_USER: user, MYSQL_PWD: password, DB_NAME: db };
  const shell = (commands: string) => execFileSync('/bin/sh', ['-e', '-c', commands], { cwd: folder, env, stdio: 'pipe' });
  return {
    config: { engine: 'mysql', host, port, user, passwd: password, db },
    backUp: async () => void shell(commandsOf('mariadb-dump')),
    restore: async () => void shell(commandsOf('DROP DATABASE')),
    [Symbol.asyncDispose]: async () => {
      rmSync(folder, { recursive: true, force: true });
      await drop();
    },
  };
});
