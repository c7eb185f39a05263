/** A fight of the arena, from the challenge to the log. */
import { type Transaction, transaction } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { type Reply, success } from '../../share/reply';
import { arenaFights } from '../../share/tables';
import { sqlDay, sqlTime } from '../../share/time';
import { Battle } from '../battle/battle';
import type { Fighter } from '../battle/fighter';
import { NO_GAINS } from '../battle/report';
import { changeCoins, characterOf } from '../character/rows';
import { partyFor } from '../formation/companions';
import type { Random } from '../random';
import { putRank, putStanding, standingOf } from './rows';
import { afterFight, COINS_A_FIGHT, checkChallenge, standingOn } from './rules';

export interface Challenge {
  readonly challengerId: number;
  readonly defenderId: number;
  readonly random: Random;
  /** Milliseconds. */
  readonly now: number;
}

/** Both standings are part of the decision. Of two who challenge one defender at once, the second is looked at again, and may have come too late. @throws Refused */
export async function fightForRank(t: Transaction, { challengerId, defenderId, random, now }: Challenge): Promise<Reply> {
  const [own, other] = await Promise.all([standingOf(t, challengerId), standingOf(t, defenderId)]);
  if (!own || !other) throw new Refused('notAnOpponent');
  const challenger = standingOn(own, sqlDay(now));
  checkChallenge(challenger, other);

  const [party, opponent] = await Promise.all([partyFor(t, challengerId), opponentOf(defenderId)]);
  const battle = Battle.fight(party, opponent.party, random);
  const { log, ...after } = afterFight(challenger, other, battle.result);
  await putStanding(t, after.challenger, { lastresult: battle.result, lasttime: sqlTime(now) });
  if (log.rankingChange > 0) for (const standing of [after.challenger, after.defender]) await putRank(t, standing);
  await t.insert(arenaFights, {
    tiaozhan: challengerId,
    tiaozhanname: (await characterOf(t, challengerId)).nickname,
    yingzhan: defenderId,
    yingzhanname: opponent.nickname,
    ...log,
    recordtime: sqlTime(now),
  });
  await changeCoins(t, challengerId, COINS_A_FIGHT, 'arena');
  return success(battle.report(NO_GAINS));
}

/** Read beside the transaction: nothing of the defender is spent, and what it does meanwhile shall not get in the way. */
function opponentOf(characterId: number): Promise<{ readonly nickname: string; readonly party: readonly Fighter[] }> {
  return transaction(async (t) => {
    const [{ nickname }, party] = await Promise.all([characterOf(t, characterId), partyFor(t, characterId)]);
    return { nickname, party };
  });
}
