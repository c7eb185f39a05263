/** The log of the arena: every fight that somebody started, or had to face. */
import { db } from 'firefly-ts';
import type { ArenaFight } from '../../share/tables';

const SHOWN = 10;

const NEWEST = `SELECT * FROM tb_arena_log WHERE tiaozhan = ? OR yingzhan = ? ORDER BY id DESC LIMIT ${SHOWN}`;

/** The newest fights of a character, newest first. */
export async function fightsOf(characterId: number): Promise<ArenaFight[]> {
  const { rows } = await db.query(NEWEST, [characterId, characterId], { fresh: true });
  return rows.map(({ id, tiaozhan, tiaozhanname, yingzhan, yingzhanname, success, rankingChange, recordtime }) => ({
    id: Number(id),
    tiaozhan: Number(tiaozhan),
    tiaozhanname: String(tiaozhanname),
    yingzhan: Number(yingzhan),
    yingzhanname: String(yingzhanname),
    success: Number(success),
    rankingChange: Number(rankingChange),
    recordtime: String(recordtime),
  }));
}
