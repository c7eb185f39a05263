/** The arena as a client sees it: the answers to 3700 and to the commands beside it. Pure. */
import { type Reply, success } from '../../share/reply';
import type { ArenaFight } from '../../share/tables';
import type { Standing } from './rules';

export interface Opponent {
  readonly characterId: number;
  readonly ranking: number;
  readonly nickname: string;
  readonly level: number;
  readonly profession: number;
}

/** @param opponents best first. Whether today's reward was had is our own field */
export function arenaReply({ rank, fightsLeft, hasReward }: Standing, opponents: readonly Opponent[]): Reply {
  return success({ ranking: rank, sptimes: fightsLeft, dsList: opponents, receive: hasReward ? 1 : 0 });
}

/** @param fights newest first */
export function arenaLogReply(fights: readonly ArenaFight[]): Reply {
  return success({
    loglist: fights.map(({ tiaozhan, tiaozhanname, yingzhan, yingzhanname, success, rankingChange, recordtime }) => ({
      tiaozhan,
      tiaozhanname,
      yingzhan,
      yingzhanname,
      success,
      rankingChange,
      recordtime,
    })),
  });
}
