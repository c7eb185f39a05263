/** Accounts: who may log in, and which role is theirs. Before that, the tables of an older server make room. */
import { autoId, type Database, emptyText, integers, required, table } from '../columns';
import { setAside } from '../older/aside';

export async function up(db: Database): Promise<void> {
  await setAside(db);
  let accounts = table(db, 'tb_register')
    .addColumn('id', 'integer', autoId)
    .addColumn('username', 'varchar(255)', required)
    // A hash; clear text only in rows of an older server, until their next login.
    .addColumn('password', 'varchar(255)', required)
    .addColumn('email', 'varchar(255)', emptyText)
    .addColumn('lastonline', 'datetime');
  // No role yet, invited by nobody, never logged in, not banned.
  accounts = integers(accounts, { characterId: 0, pid: -1, logintimes: 0, enable: 1 });
  await accounts.addUniqueConstraint('tb_register_username', ['username']).execute();
}
