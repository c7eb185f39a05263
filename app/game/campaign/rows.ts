/** The chapters that a character has finished, in a transaction: one row for each. */
import type { Transaction } from 'firefly-ts';
import { characters, stages } from '../../share/tables';
import { addToList, listOf } from '../character/lists';
import { gameData } from '../data';
import { currentChapter, type Finished } from './chapters';

export interface FinishedRow extends Finished {
  readonly id: number;
}

export async function finishedBy(t: Transaction, characterId: number): Promise<FinishedRow[]> {
  const rows = await listOf(t, stages, characterId);
  return rows.map(({ id, zhangjie, star }) => ({ id, chapter: zhangjie, star }));
}

/** Remembers a chapter with its stars, and in the character's row, by which players are ranked, how far it has come. */
export async function finish(
  t: Transaction,
  characterId: number,
  { chapter, star }: Finished,
  before: readonly FinishedRow[],
): Promise<void> {
  const row = before.find((one) => one.chapter === chapter);
  if (row) {
    await t.update(stages, row.id, { star });
    return;
  }
  await addToList(t, stages, characterId, { characterId, zhanyi: 0, zhangjie: chapter, star });
  await t.update(characters, characterId, { guanqia: currentChapter([...before, { chapter, star }], gameData().chapters) });
}
