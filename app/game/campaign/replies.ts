/** The answers to commands 4500 and 4501. Pure. */
import type { Chapter } from '../../data/chapters';
import type { Table } from '../../data/read/table';
import { type Reply, success } from '../../share/reply';
import type { Battle } from '../battle/battle';
import type { Gains } from '../battle/report';
import { currentChapter, type Finished, starList } from './chapters';

/** @param index the chapter that the client asks about, 0 for the current one */
export function campaignReply(index: number, finished: readonly Finished[], chapters: Table<Chapter>): Reply {
  return success({ cityid: index || currentChapter(finished, chapters), citylist: starList(finished) });
}

/** Won or lost, a fight that took place is a success; its stars stand beside the report too. */
export function fightReply(battle: Pick<Battle, 'report'>, gains: Gains): Reply & { readonly star: number } {
  return { ...success(battle.report(gains)), star: gains.star };
}
