/**
 * A writer of epoch 1 that freezes inside a flush, right before its COMMIT, and says what became of it once it wakes up.
 *
 * node frozenwriter.js '{"config": ..., "dataDir": ...}'
 */
import type { FreshDatabase } from '../../helpers/services';
import { FlushWorld } from './world';

async function main(): Promise<void> {
  const database = JSON.parse(process.argv[2] ?? '') as FreshDatabase;
  const world = await FlushWorld.open(database, { epoch: 1, tables: ['plain'] });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  for (let id = 1; id <= 150; id++) world.put('plain', id, { id, name: 'old', coin: 1 });
  await world.flusher.flush();
  for (let id = 1; id <= 150; id++) world.put('plain', id, { id, name: 'of the frozen one', coin: 2 });
  const written = world.faults.holdCommit();
  const flush = world.flusher.flush().then(
    () => say('committed'),
    (error: Error) => say(`failed ${error.name}`),
  );
  await written;
  say('frozen');
  process.kill(process.pid, 'SIGSTOP');
  world.faults.release();
  await flush;
  await world.flusher.flush().then(
    () => say('committed'),
    (error: Error) => say(`then ${error.name}`),
  );
  await world[Symbol.asyncDispose]();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
