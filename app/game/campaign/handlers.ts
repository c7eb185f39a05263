/** Commands 4500 and 4501: the campaign. */
import { transaction } from 'firefly-ts';
import { CAMPAIGN, CAMPAIGN_FIGHT } from '../../share/commands';
import { Refused } from '../../share/refused';
import { playerCommand } from '../channel';
import { gameData } from '../data';
import { newSeed, SeededRandom } from '../random';
import { fightChapter } from './fight';
import { campaignReply } from './replies';
import { finishedBy } from './rows';

playerCommand(CAMPAIGN, ({ characterId }, request) => {
  const index = request.integer('index');
  const { chapters } = gameData();
  if (index !== 0 && !chapters.has(index)) throw new Refused('chapterMissing');
  return transaction(async (t) => campaignReply(index, await finishedBy(t, characterId), chapters));
});

playerCommand(CAMPAIGN_FIGHT, ({ characterId }, request) => {
  const chapterId = request.integer('zjid');
  const [seed, now] = [newSeed(), Date.now()];
  return transaction((t) => fightChapter(t, characterId, chapterId, SeededRandom.from(seed), now));
});
