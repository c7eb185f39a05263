/**
 * The rows of the arena.
 *
 * A rank is written twice, always in one transaction: in its owner's standing, and as a row of its own. Under that row an opponent is found, and since the rank is its key, no rank is there twice.
 */
import { Conflict, db, type Transaction, transaction } from 'firefly-ts';
import { ranks, type Standing as StandingRow, standings } from '../../share/tables';
import { firstStanding, type Standing } from './rules';

/** Transactions that may fail at a rank that others have taken in between. */
const TRIES = 10;

/** @returns undefined for who has never been to the arena */
export async function standingOf(t: Transaction, characterId: number): Promise<Standing | undefined> {
  const row = await t.get(standings, characterId);
  if (!row) return undefined;
  return {
    characterId,
    rank: row.ranking,
    streak: row.liansheng,
    fightsLeft: row.surplustimes,
    bought: row.buytimes,
    hasReward: row.receive === 1,
    day: String(row.recorddate),
  };
}

/** Writes everything but the rank. */
export async function putStanding(t: Transaction, standing: Standing, more: Partial<StandingRow> = {}): Promise<void> {
  await t.update(standings, standing.characterId, { ...columnsOf(standing), ...more });
}

/** Gives somebody a rank that is there, in the transaction that gives its owner another one. */
export async function putRank(t: Transaction, { characterId, rank }: Standing): Promise<void> {
  await t.update(standings, characterId, { ranking: rank });
  await t.update(ranks, rank, { characterId });
}

/** Who has that rank. */
export async function ownerOf(t: Transaction, rank: number): Promise<number | undefined> {
  return (await t.get(ranks, rank))?.characterId;
}

/** Who comes to the arena for the first time gets the rank behind everybody. @param day `YYYY-MM-DD` */
export async function joinArena(characterId: number, day: string): Promise<void> {
  if (await standings.getObjData(characterId)) return;
  for (let tries = 1; ; tries++) {
    const { rows } = await db.query('SELECT MAX(ranking) AS worst FROM tb_arena_ranking', [], { fresh: true });
    try {
      await transaction((t) => joinBehind(t, Number(rows[0]?.worst ?? 0), characterId, day));
      return;
    } catch (error) {
      // Everybody who comes wants the same rank, and one gets it at a time.
      if (!(error instanceof Conflict) || tries >= TRIES) throw error;
    }
  }
}

/** @param known the largest rank a moment ago */
async function joinBehind(t: Transaction, known: number, characterId: number, day: string): Promise<void> {
  if (await t.get(standings, characterId)) return;
  let worst = known;
  while (await t.get(ranks, worst + 1)) worst += 1;
  const standing = firstStanding(characterId, worst, day);
  await t.insert(standings, { id: characterId, characterId, ranking: standing.rank, ...columnsOf(standing) });
  await t.insert(ranks, { ranking: standing.rank, characterId });
}

function columnsOf({ streak, fightsLeft, bought, hasReward, day }: Standing): Partial<StandingRow> {
  return { liansheng: streak, surplustimes: fightsLeft, buytimes: bought, receive: hasReward ? 1 : 0, recorddate: day };
}
