/** An operation that has a name is made once, however often it is asked for: so whoever had no answer asks again. */
import { db, RowRefused } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { type Asked, applyOperation, type Target } from './apply';
import { detailsOf, type Operation } from './rules';

/**
 * The table's unique index decides whether a name is new, also between two calls at once.
 *
 * @returns `again` for what has been made before, `other` when that was another operation
 * @throws Refused when the game says no to it, and it has not been made
 */
export async function applyOnce(target: Target, operation: Operation, asked: Asked): Promise<'done' | 'again' | 'other'> {
  try {
    await applyOperation(target, operation, asked);
    return 'done';
  } catch (error) {
    // What was made may be the reason why it cannot be made twice: the package is full of it.
    const mayBeMade = error instanceof Refused || (error instanceof RowRefused && error.field === 'operationid');
    const made = mayBeMade && asked.id !== undefined ? await recordOf(asked.id) : undefined;
    if (!made) throw error;
    const isSame = made.username === target.username && made.operation === operation.name && made.details === detailsOf(operation);
    return isSame ? 'again' : 'other';
  }
}

async function recordOf(id: string) {
  const sql = 'SELECT username, operation, details FROM tb_admin_record WHERE operationid = ?';
  return (await db.query(sql, [id], { fresh: true })).rows[0];
}
