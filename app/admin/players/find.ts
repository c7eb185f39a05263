/** Finding players by the beginning of a name, the account's or the role's, letters as they are written. */
import { db, type SqlValue } from 'firefly-ts';

/** More are not shown: whoever looks for one player writes more of the name. */
export const MOST_FOUND = 20;

/** What the admin page shows of a player, and nothing that the player alone should know. */
export interface FoundPlayer {
  /** Of the account: payments name it as `uid`. */
  readonly userId: number;
  readonly username: string;
  readonly isBanned: boolean;
  /** In UTC; null when never. */
  readonly lastonline: string | null;
  /** 0, and the rest is null, while the account has no role. */
  readonly characterId: number;
  readonly nickname: string | null;
  readonly level: number | null;
  readonly coin: number | null;
  readonly gold: number | null;
}

const COLUMNS = 'a.id, a.username, a.enable, a.lastonline, a.characterId, c.nickname, c.level, c.coin, c.gold';
const BY_ACCOUNT = `SELECT ${COLUMNS} FROM tb_register a LEFT JOIN tb_character c ON c.id = a.characterId
  WHERE a.username >= ? AND a.username < ? ORDER BY a.username LIMIT ?`;
const BY_ROLE = `SELECT ${COLUMNS} FROM tb_character c JOIN tb_register a ON a.characterId = c.id
  WHERE c.nickname >= ? AND c.nickname < ? ORDER BY c.nickname LIMIT ?`;

/** Above all that begins with a text, byte by byte. */
const LAST = '\u{10ffff}';

/** By account first, each list in the order of names. */
export async function findPlayers(name: string): Promise<FoundPlayer[]> {
  const range = [name, name + LAST, MOST_FOUND];
  const [byAccount, byRole] = await Promise.all([rows(BY_ACCOUNT, range), rows(BY_ROLE, range)]);
  const found = new Map([...byAccount, ...byRole].map((row) => [String(row.username), playerOf(row)]));
  return [...found.values()].slice(0, MOST_FOUND);
}

async function rows(sql: string, params: readonly SqlValue[]) {
  return (await db.query(sql, params, { fresh: true })).rows;
}

function playerOf(row: Readonly<Record<string, SqlValue>>): FoundPlayer {
  const hasRole = row.nickname !== null;
  return {
    userId: Number(row.id),
    username: String(row.username),
    isBanned: Number(row.enable) === 0,
    lastonline: row.lastonline === null ? null : String(row.lastonline),
    characterId: Number(row.characterId),
    nickname: hasRole ? String(row.nickname) : null,
    level: hasRole ? Number(row.level) : null,
    coin: hasRole ? Number(row.coin) : null,
    gold: hasRole ? Number(row.gold) : null,
  };
}
