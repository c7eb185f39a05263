/** The bank's tables and accounts, made once. */
import { migrate, onStart } from 'firefly-ts';
import { isMysql, type Kysely, sql } from 'firefly-ts/sql';
import { accounts, transfers } from './bank';
import { settings } from './settings';

async function up(db: Kysely<unknown>): Promise<void> {
  const { accounts: count, balance } = settings();
  const table = isMysql(db) ? sql` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin` : sql``;
  const id = isMysql(db) ? sql`id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY` : sql`id INTEGER PRIMARY KEY AUTOINCREMENT`;
  await sql`CREATE TABLE tb_account (id INTEGER NOT NULL PRIMARY KEY, balance BIGINT NOT NULL, moves BIGINT NOT NULL DEFAULT 0)${table}`.execute(
    db,
  );
  await sql`CREATE TABLE tb_transfer (${id}, mark VARCHAR(60) NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL, amount BIGINT NOT NULL)${table}`.execute(
    db,
  );
  for (let account = 1; account <= count; account++)
    await sql`INSERT INTO tb_account (id, balance) VALUES (${account}, ${balance})`.execute(db);
}

onStart(async () => {
  await migrate({ '001-bank': { up } });
  await Promise.all([accounts.insert(), transfers.insert()]);
});
