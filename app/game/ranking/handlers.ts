/** Command 302: rankings. */
import { RANKING } from '../../share/commands';
import { playerCommand } from '../channel';
import { rankingReply } from './replies';
import { A_PAGE, rankingPage } from './rows';

/** Nobody reads further, and the database counts its way to a page. */
const MAX_INDEX = 10_000;

playerCommand(RANKING, async ({ characterId }, request) => {
  const from = request.integer('index', 0, MAX_INDEX);
  return rankingReply(await rankingPage(characterId, request.integer('tag'), from), from, A_PAGE);
});
