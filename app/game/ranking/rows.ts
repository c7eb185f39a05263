/** The players of the whole game in the order of what they have reached. */
import { db } from 'firefly-ts';
import { friends } from '../../share/tables';
import type { Known } from '../friends/rows';

export const A_PAGE = 20;

/** What a client asks for. Others than these are everybody, by stage. */
export const RANKINGS = { stage: 1, level: 2 } as const;

/** Ids come last, and from the highest: so the database takes the order from an index. */
const BY_STAGE = 'ORDER BY guanqia DESC, id DESC LIMIT ? OFFSET ?';
const BY_LEVEL = 'ORDER BY level DESC, id DESC LIMIT ? OFFSET ?';

/**
 * A page of a ranking, as the database had it a second ago.
 *
 * @param from how many are before it
 */
export async function rankingPage(characterId: number, ranking: number, from: number): Promise<Known[]> {
  const order = ranking === RANKINGS.level ? BY_LEVEL : BY_STAGE;
  const isOfOthers = ranking === RANKINGS.stage || ranking === RANKINGS.level;
  const leftOut = isOfOthers ? characterId : 0;
  const { rows } = await db.query(`SELECT id, nickname, level FROM tb_character WHERE id <> ? ${order}`, [leftOut, A_PAGE, from]);
  const hired = await hiredPlayers(characterId);
  return rows.map(({ id, nickname, level }) => ({
    character: { id: Number(id), nickname: String(nickname), level: Number(level) },
    isHired: hired.has(Number(id)),
  }));
}

/** To be shown, and not to decide on. */
async function hiredPlayers(characterId: number): Promise<Set<number>> {
  const rows = await friends.getObjList(await friends.getAllPkByFk(characterId));
  return new Set(rows.flatMap(({ data }) => (data.guyong === 1 ? [data.playerId] : [])));
}
