/**
 * A writer in which an operator drops a row of the quarantine, and which dies in that moment.
 *
 * node dropper.js '{"config": ..., "dataDir": ..., "folder": ...}'
 */
import type { FreshDatabase } from '../../helpers/services';
import { Dbfront, insert, update } from './dbfront';

/** Heroes 1 and 2 are in SQL; a group that SQL refuses lies in the quarantine; the drop is answered, or was not yet. */
async function main(): Promise<void> {
  const { config, dataDir, folder } = JSON.parse(process.argv[2] ?? '') as FreshDatabase & { folder: string };
  const dbfront = await Dbfront.open({ config, dataDir }, folder);
  await dbfront.commit(insert(1, 'one', 1), insert(2, 'two', 2));
  await dbfront.writer.flush();
  await dbfront.commit(update(1, { level: 500 }), update(2, { name: 'bound' }));
  await dbfront.writer.flush();
  await dbfront.writer.drop('tb_hero', 1);
  process.stdout.write('dropped\n', () => process.kill(process.pid, 'SIGKILL'));
  await new Promise(() => setInterval(() => {}, 1_000));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
