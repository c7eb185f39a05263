/** Commands 3700 to 3707: the arena. All but 3700 and 3704 are our own. */
import { type Transaction, transaction } from 'firefly-ts';
import { ARENA, ARENA_FIGHT, ARENA_LOG, ARENA_REWARD, BUY_ARENA_FIGHT } from '../../share/commands';
import { Refused } from '../../share/refused';
import { type Reply, success } from '../../share/reply';
import { sqlDay } from '../../share/time';
import { playerCommand } from '../channel';
import { spendGold } from '../character/gold';
import { changeCoins, characterOf } from '../character/rows';
import { newSeed, SeededRandom } from '../random';
import { dailyReward, priceOfFight } from './extras';
import { fightForRank } from './fight';
import { fightsOf } from './log';
import { arenaLogReply, arenaReply, type Opponent } from './replies';
import { joinArena, ownerOf, putStanding, standingOf } from './rows';
import { opponentRanks, type Standing, standingOn } from './rules';

playerCommand(ARENA, ({ characterId }) =>
  withStanding(characterId, async (t, standing) => arenaReply(standing, await opponentsOf(t, standing.rank))),
);

playerCommand(ARENA_FIGHT, async ({ characterId: challengerId }, request) => {
  const defenderId = request.integer('tid');
  const [seed, now] = [newSeed(), Date.now()];
  await joinArena(challengerId, sqlDay(now));
  return transaction((t) => fightForRank(t, { challengerId, defenderId, random: SeededRandom.from(seed), now }));
});

/** Once a day, coins for one's rank. */
playerCommand(ARENA_REWARD, ({ characterId }) =>
  withStanding(characterId, async (t, standing) => {
    if (standing.hasReward) throw new Refused('rewardTaken');
    const coin = dailyReward(standing.rank);
    await putStanding(t, { ...standing, hasReward: true });
    await changeCoins(t, characterId, coin, 'arenaReward');
    return success({ coin });
  }),
);

/** One more fight today, for gold. */
playerCommand(BUY_ARENA_FIGHT, ({ characterId }) =>
  withStanding(characterId, async (t, standing) => {
    const [sptimes, bought] = [standing.fightsLeft + 1, standing.bought + 1];
    await spendGold(t, characterId, priceOfFight(standing.bought), 'arena');
    await putStanding(t, { ...standing, fightsLeft: sptimes, bought });
    return success({ sptimes, price: priceOfFight(bought) });
  }),
);

playerCommand(ARENA_LOG, async ({ characterId }) => arenaLogReply(await fightsOf(characterId)));

/** One transaction with a character's standing of today. Who comes for the first time gets one before. */
async function withStanding(characterId: number, work: (t: Transaction, standing: Standing) => Promise<Reply>): Promise<Reply> {
  const today = sqlDay(Date.now());
  await joinArena(characterId, today);
  return transaction(async (t) => {
    const standing = await standingOf(t, characterId);
    if (!standing) throw new Error(`character ${characterId} has no standing in the arena`);
    return work(t, standingOn(standing, today));
  });
}

async function opponentsOf(t: Transaction, rank: number): Promise<Opponent[]> {
  const found = await Promise.all(opponentRanks(rank).map((ranking) => opponentAt(t, ranking)));
  return found.flatMap((opponent) => opponent ?? []);
}

async function opponentAt(t: Transaction, ranking: number): Promise<Opponent | undefined> {
  const characterId = await ownerOf(t, ranking);
  if (characterId === undefined) return undefined;
  const { nickname, level, profession } = await characterOf(t, characterId);
  return { characterId, ranking, nickname, level, profession };
}
