/** Finding a character by its name. */
import { db } from 'firefly-ts';

/** The id of the character with exactly that name; undefined when there is none. */
export async function characterNamed(name: string): Promise<number | undefined> {
  const wanted = name.normalize('NFC');
  // A name is never given up, so the database as it was a second ago will do, but for a character that was made since.
  for (const fresh of [false, true]) {
    const { rows } = await db.query('SELECT id, nickname FROM tb_character WHERE nickname = ?', [wanted], { fresh });
    const row = rows.find(({ nickname }) => nickname === wanted);
    if (row) return Number(row.id);
  }
  return undefined;
}
