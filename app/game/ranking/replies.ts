/** The answer to command 302. Pure. */
import { type Reply, success } from '../../share/reply';
import { listedPlayer } from '../friends/replies';
import type { Known } from '../friends/rows';

/**
 * @param from how many are before this page
 * @param fullPage a page of so many may have others behind it
 */
export function rankingReply(page: readonly Known[], from: number, fullPage: number): Reply {
  return success({
    end: from + page.length,
    sp: page.length === fullPage,
    friendlist: page.map((player, at) => listedPlayer(player, from + at + 1)),
  });
}
