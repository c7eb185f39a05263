/** Counts the day: every few seconds how many play, and what was made of it so far, into the row of the day. */
import { db, every, transaction } from 'firefly-ts';
import { gameLog } from '../../share/game';
import { dayCounts } from '../../share/tables';
import { sqlDay } from '../../share/time';
import { playersOnline } from '../gates';
import { counted, idOfDay, type Sample } from './counting';

const INTERVAL_MS = 10_000;
const MINUTE_MS = 60_000;

every(INTERVAL_MS, async () => {
  try {
    await sample(Date.now());
  } catch (error) {
    gameLog()?.warn({ error: String(error) }, 'the day could not be counted now');
  }
});

/** @param now milliseconds */
export async function sample(now: number): Promise<void> {
  const day = sqlDay(now);
  const [online, roles, logins] = await Promise.all([
    playersOnline(),
    count('SELECT COUNT(*) AS n FROM tb_character WHERE createtime >= ?', day),
    count('SELECT COUNT(*) AS n FROM tb_register WHERE lastonline >= ?', day),
  ]);
  const taken: Sample = { minute: Math.floor(now / MINUTE_MS), online, roles, logins };
  const id = idOfDay(day);
  await transaction(async (t) => {
    const before = await t.get(dayCounts, id);
    const row = counted(before, day, taken);
    if (before) await t.update(dayCounts, id, row);
    else await t.insert(dayCounts, row);
  });
}

async function count(sql: string, day: string): Promise<number> {
  const { rows } = await db.query(sql, [`${day} 00:00:00`]);
  return Number(rows[0]?.n ?? 0);
}
