/** A fight of the campaign, from its price to its spoils. */
import type { Transaction } from 'firefly-ts';
import type { ItemTemplate } from '../../data/items';
import { text } from '../../share/game';
import { Refused } from '../../share/refused';
import type { Reply } from '../../share/reply';
import { items, pets } from '../../share/tables';
import { Battle } from '../battle/battle';
import { monsterFighters } from '../battle/fighters';
import { foresee } from '../character/lists';
import { changeCoins, changeEnergy, characterOf, gainExp } from '../character/rows';
import { gameData } from '../data';
import { slotsOf } from '../equipment/rows';
import { companionsOf } from '../formation/companions';
import { partyOf } from '../formation/party';
import { placesOf } from '../formation/rows';
import { settleHires } from '../hiring/rows';
import { giveItems } from '../package/rows';
import type { Random } from '../random';
import { improvement, openChapter } from './chapters';
import { fightReply } from './replies';
import { ENERGY_A_FIGHT, rewardOf } from './rewards';
import { finish, foreseeProgress, progressOf } from './rows';

/** @param now milliseconds @throws Refused when the chapter is not open, or there is no energy left */
export async function fightChapter(t: Transaction, characterId: number, chapterId: number, random: Random, now: number): Promise<Reply> {
  // What is asked for in one turn is read in one request: what has the character's own key, and what those rows named when this node saw them last.
  const [{ level }, places] = await Promise.all([
    characterOf(t, characterId),
    placesOf(t, characterId),
    slotsOf(t, characterId),
    foresee(t, pets, characterId),
    foresee(t, items, characterId),
    foreseeProgress(t, characterId, chapterId),
  ]);
  const [progress, companions] = await Promise.all([progressOf(t, characterId, chapterId), companionsOf(t, characterId, places)]);
  const chapter = openChapter(chapterId, { finished: progress.finished, level }, gameData().chapters);
  await changeEnergy(t, characterId, -ENERGY_A_FIGHT, now);

  const battle = Battle.fight(partyOf(places, companions), monsterFighters(chapter.foes), random);
  const { gains, item } = rewardOf(chapter, battle, random);

  const better = improvement(progress.row?.star ?? 0, chapterId, gains.star);
  if (better) await finish(t, characterId, better, progress);
  await changeCoins(t, characterId, gains.coin, 'campaign');
  await gainExp(t, characterId, gains.exp);
  const isLeft = item !== undefined && !(await pickUp(t, characterId, item));
  await settleHires(t, characterId, chapter, battle.result, now);
  return isLeft ? { ...fightReply(battle, { ...gains, item: [] }), message: text('packageFull') } : fightReply(battle, gains);
}

/** What does not fit into the package stays where it is; the victory counts all the same. */
async function pickUp(t: Transaction, characterId: number, item: ItemTemplate): Promise<boolean> {
  try {
    await giveItems(t, characterId, item, 1, 'campaign');
    return true;
  } catch (error) {
    if (error instanceof Refused && error.key === 'packageFull') return false;
    throw error;
  }
}
