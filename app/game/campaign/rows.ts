/** The chapters that a character has finished, in a transaction: one row for each. */
import { type PkValue, state, type Transaction } from 'firefly-ts';
import { characters, type Stage, stages } from '../../share/tables';
import { addToList, idsOf, listOf } from '../character/lists';
import { gameData } from '../data';
import { remember } from '../remember';
import { currentChapter, type Finished } from './chapters';

/**
 * Which chapter a row is about, by character and row. It is that for as long as the row is there, so who fights need not read the rows of all other chapters.
 */
const chapters = state('game.chaptersOfRows', () => new Map<number, Map<PkValue, number>>());
/** The oldest make room. */
const MOST_KNOWN = 5_000;

export async function finishedBy(t: Transaction, characterId: number): Promise<Finished[]> {
  return (await listOf(t, stages, characterId)).map(({ zhangjie: chapter, star }) => ({ chapter, star }));
}

/** How far a character has come, and how it has finished one of the chapters. */
export interface Progress {
  readonly finished: readonly Pick<Finished, 'chapter'>[];
  /** The row of the chapter that was asked about, when that is finished. */
  readonly row: Stage | undefined;
}

/** As `foresee`, for the row of a chapter. */
export async function foreseeProgress(t: Transaction, characterId: number, chapterId: number): Promise<void> {
  for (const [id, chapter] of chapters.get(characterId) ?? []) if (chapter === chapterId) await t.get(stages, id);
}

export async function progressOf(t: Transaction, characterId: number, chapterId: number): Promise<Progress> {
  const ids = await idsOf(t, stages, characterId);
  const known = chapters.get(characterId) ?? new Map<PkValue, number>();
  const rows = await t.getMany(
    stages,
    ids.filter((id) => (known.get(id) ?? chapterId) === chapterId),
  );
  for (const row of rows) if (row) known.set(row.id, row.zhangjie);
  remember(chapters, characterId, known, MOST_KNOWN);
  const finished = ids.flatMap((id) => {
    const chapter = known.get(id);
    return chapter === undefined ? [] : { chapter };
  });
  return { finished, row: rows.find((row) => row?.zhangjie === chapterId) ?? undefined };
}

/** Remembers a chapter with its stars, and in the character's row, by which players are ranked, how far it has come. */
export async function finish(t: Transaction, characterId: number, { chapter, star }: Finished, { finished, row }: Progress): Promise<void> {
  if (row) {
    await t.update(stages, row.id, { star });
    return;
  }
  await addToList(t, stages, characterId, { characterId, zhanyi: 0, zhangjie: chapter, star });
  await t.update(characters, characterId, { guanqia: currentChapter([...finished, { chapter }], gameData().chapters) });
}
