/** Logging in: find or make the account, check the password always, end its other connection, here or at another gate, bind it to this one. */
import { db, RowRefused, state } from 'firefly-ts';
import { gameSettings, text } from '../../share/game';
import { Refused } from '../../share/refused';
import { type Reply, success } from '../../share/reply';
import { type Account as AccountRow, accounts } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { connectionOf, OUTSIDE, online, setOnline, withAccount } from '../online';
import { logOut } from '../scenes/enter';
import { endOther } from './ending';
import { holdAccount, holdsAccount, letAccountGo } from './lease';
import { checkPassword, hashPassword, isOutdated, NO_ACCOUNT } from './password';
import { type Credentials, countRegistration, mayRegister } from './rules';
import { WorkQueue } from './workqueue';

type Account = Pick<AccountRow, 'id' | 'username' | 'password' | 'enable'>;

const { hashing, registrations } = state('gate.accounts', () => ({
  hashing: new WorkQueue('gate: passwords', 4, 256),
  registrations: { minute: 0, count: 0 },
}));

/** @throws Refused with the reason for the client */
export async function login(dynamicId: number, credentials: Credentials): Promise<Reply> {
  const account = await identify(credentials);
  if (account.enable === 0) throw new Refused('fenghao');

  const before = online(dynamicId);
  if (before) await withAccount(before.userId, () => logOut(dynamicId));

  return withAccount(account.id, async () => {
    await holdAccount(account.id);
    try {
      return await bind(dynamicId, account);
    } catch (error) {
      if (connectionOf(account.id) === undefined) await letAccountGo(account.id);
      throw error;
    }
  });
}

/** Puts the account, which this gate holds, on this connection, and on no other. */
async function bind(dynamicId: number, account: Account): Promise<Reply> {
  const other = connectionOf(account.id);
  if (other !== undefined && other !== dynamicId) await endOther(other);
  const row = await accounts.getObj(account.id);
  // It may have been banned since its password was checked; from here on an end of its session would find it.
  if (row?.data.enable === 0) throw new Refused('fenghao');
  const { characterId: role, logintimes } = row?.data ?? {};
  const characterId = Number(role ?? 0);
  await row?.updateMulti({ lastonline: sqlTime(Date.now()), logintimes: Number(logintimes ?? 0) + 1 });
  if (!holdsAccount(account.id)) throw new Refused('unavailable');
  setOnline(dynamicId, { userId: account.id, username: account.username, ...OUTSIDE });
  return success({ userId: account.id, hasRole: characterId > 0, characterId }, text('login_success'));
}

/** The account of these credentials, made when nobody has the name and that is allowed. @throws Refused */
async function identify(credentials: Credentials): Promise<Account> {
  let account = await find(credentials.username);
  if (!account && gameSettings().autoRegister && mayRegister(credentials)) {
    const made = await register(credentials);
    if (made) return made;
    account = await find(credentials.username);
  }
  const right = await hashing.run(() => checkPassword(credentials.password, account?.password ?? NO_ACCOUNT));
  if (!account || !right) throw new Refused('psd_error');
  if (isOutdated(account.password)) {
    const row = await accounts.getObj(account.id);
    await row?.update('password', await hashing.run(() => hashPassword(credentials.password)));
  }
  return account;
}

/** The row as it is now, on whichever node it was written. */
async function find(username: string): Promise<Account | undefined> {
  const sql = 'SELECT id, username, password, enable FROM tb_register WHERE username = ?';
  const { rows } = await db.query(sql, [username], { fresh: true });
  // A database may call names equal that differ in trailing spaces.
  const row = rows.find((candidate) => candidate.username === username);
  if (!row) return undefined;
  return { id: Number(row.id), username, password: String(row.password ?? ''), enable: Number(row.enable) };
}

/** Makes the account; undefined when somebody else made it first. @throws Refused */
async function register({ username, password }: Credentials): Promise<Account | undefined> {
  countRegistration(registrations, gameSettings().registrationsPerMinute, Date.now());
  const hash = await hashing.run(() => hashPassword(password));
  try {
    const row = await accounts.new({ username, password: hash });
    return { id: Number(row.pk), username, password: hash, enable: 1 };
  } catch (error) {
    if (error instanceof RowRefused && error.field === 'username') return undefined;
    throw error;
  }
}
