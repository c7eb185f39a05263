/** Fights, of the campaign and of the arena, and what comes with them. */
import { GAME_DATA } from '../../../app/data/gamedata';
import { ARENA, ARENA_FIGHT, ARENA_LOG, ARENA_REWARD, BUY_ARENA_FIGHT, CAMPAIGN, CAMPAIGN_FIGHT } from '../../../app/share/commands';
import type { Bot, Data } from '../bot';
import { listIn } from './act';

interface Gains {
  readonly coin: number;
  readonly exp: number;
  readonly item: readonly number[];
}

/** Once in so many looks at the log of the arena a fight more is bought. */
const BUYS_A_FIGHT_IN = 4;

export async function fightsChapter(bot: Bot): Promise<void> {
  const campaign = await bot.ask(CAMPAIGN, { index: 0 });
  if (!campaign) return;
  const chapter = Number(campaign.cityid);
  const answered = await bot.trade('campaign', CAMPAIGN_FIGHT, { zjid: chapter }, hasGains);
  if (!answered) return;
  const most = GAME_DATA.en.chapters.get(chapter)?.exp ?? 0;
  bot.keeper.counts('experience', bot.characterId, answered.outcome, answered.outcome === 'done' ? gainsOf(answered.data).exp : most);
}

export async function fightsInArena(bot: Bot): Promise<void> {
  const opponent = bot.oneOf(listIn(await bot.ask(ARENA), 'dsList').filter(({ characterId }) => characterId !== bot.characterId));
  if (!opponent) return;
  const answered = await bot.trade('arena', ARENA_FIGHT, { tid: opponent.characterId });
  if (!answered) return;
  const isWon = answered.outcome !== 'done' || answered.data.battleResult === 1;
  bot.keeper.counts('victories', bot.characterId, answered.outcome, isWon ? 1 : 0);
}

export async function readsArena(bot: Bot): Promise<void> {
  await bot.trade('arenaReward', ARENA_REWARD);
  await bot.ask(ARENA_LOG);
  if (bot.random.between(1, BUYS_A_FIGHT_IN) === 1) await bot.trade('arena', BUY_ARENA_FIGHT);
}

/** A fight of the campaign that was lost changes nothing that is worth something. */
function hasGains(data: Data): boolean {
  const { coin, item } = gainsOf(data);
  return coin > 0 || item.length > 0;
}

function gainsOf({ setData }: Data): Gains {
  return setData as Gains;
}
