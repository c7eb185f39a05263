/** Where a player is in the campaign. Chapters are played in the order of their ids. Pure. */
import type { Chapter } from '../../data/chapters';
import type { Table } from '../../data/read/table';
import { Refused } from '../../share/refused';

/** A finished chapter: its id, and the most stars it was finished with. */
export interface Finished {
  readonly chapter: number;
  readonly star: number;
}

/** The chapter after the last one that is finished; the last of all stays. */
export function currentChapter(finished: readonly Pick<Finished, 'chapter'>[], chapters: Table<Chapter>): number {
  const highest = Math.max(0, ...finished.map(({ chapter }) => chapter));
  const ids = inOrder(chapters);
  return ids.find((id) => id > highest) ?? ids.at(-1) ?? 0;
}

/** Stars of the finished chapters, by chapter: a client counts its way to a chapter. */
export function starList(finished: readonly Finished[]): number[] {
  return finished.toSorted((a, b) => a.chapter - b.chapter).map(({ star }) => star);
}

/** The chapter that a player wants to fight. @throws Refused when it is not open to it */
export function openChapter(
  id: number,
  player: { readonly finished: readonly Pick<Finished, 'chapter'>[]; readonly level: number },
  chapters: Table<Chapter>,
): Chapter {
  if (id > currentChapter(player.finished, chapters)) throw new Refused('chapterClosed');
  const chapter = chapters.get(id);
  if (!chapter) throw new Refused('chapterMissing');
  if (player.level < chapter.levelRequired) throw new Refused('levelTooLow');
  return chapter;
}

/** What to remember of a fight: undefined when it was lost, or has brought no more stars than before. @param before stars that the chapter was finished with, 0 when it was not */
export function improvement(before: number, chapter: number, star: number): Finished | undefined {
  return star > before ? { chapter, star } : undefined;
}

function inOrder(chapters: Table<Chapter>): number[] {
  return [...chapters.keys()].sort((a, b) => a - b);
}
