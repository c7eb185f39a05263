/** Players of an older server, whose tables were set aside before ours were made (`app/dbfront/older`). */
import type { Database } from '../columns';
import { takeOver } from '../older/takeover';

export async function up(db: Database): Promise<void> {
  await takeOver(db);
}
