/** What a bot does in a session, and how often it does what. Together the acts ask for every command that the game has. */
import type { Random } from '../../../app/game/random';
import { EQUIPMENT, FORMATION, STATUS } from '../../../app/share/commands';
import { drawWeighted, type Weighted } from '../../lib/weighted';
import type { Bot } from '../bot';
import type { Act } from './act';
import { fightsChapter, fightsInArena, readsArena } from './fights';
import { meetsPlayers, readsMail, tendsFriends } from './people';
import { buysPet, feedsPet, placesPet, swallowsPet, trainsPet } from './pets';
import { compounds, feedsItem, opensEgg, putsOn, takesOff } from './things';

/** How often, of all. */
const ACTS: Weighted<Act> = [
  [24, fightsChapter],
  [8, fightsInArena],
  [3, readsArena],
  [8, looksAround],
  [7, putsOn],
  [3, takesOff],
  [7, opensEgg],
  [5, feedsItem],
  [8, compounds],
  [6, placesPet],
  [5, buysPet],
  [4, swallowsPet],
  [4, feedsPet],
  [8, trainsPet],
  [4, readsMail],
  [4, meetsPlayers],
  [3, tendsFriends],
];

export function nextAct(random: Random): Act {
  return drawWeighted(ACTS, (bound) => random.between(0, bound - 1));
}

async function looksAround(bot: Bot): Promise<void> {
  for (const command of [STATUS, EQUIPMENT, FORMATION]) await bot.ask(command);
}
