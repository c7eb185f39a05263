/**
 * A writer of epoch 1 that flushes 150 rows, changes all and flushes again, under the fault that FIREFLY_FAULT names.
 *
 * node faultywriter.js '{"config": ..., "dataDir": ...}'
 */
import type { FreshDatabase } from '../../helpers/services';
import { FlushWorld } from './world';

async function main(): Promise<void> {
  const database = JSON.parse(process.argv[2] ?? '') as FreshDatabase;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const world = await FlushWorld.open(database, { epoch: 1, tables: ['plain', 'named'] });
  for (const table of ['plain', 'named']) for (let id = 1; id <= 150; id++) world.put(table, id, { id, name: `old ${id}`, coin: 1 });
  await world.flusher.flush();
  for (const table of ['plain', 'named']) for (let id = 1; id <= 150; id++) world.put(table, id, { id, name: `new ${id}`, coin: 2 });
  say('flushing');
  for (const word of ['', 'then ']) {
    await world.flusher.flush().then(
      () => say(`${word}committed`),
      (error: Error) => say(`${word}failed ${error.name}`),
    );
  }
  await world[Symbol.asyncDispose]();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
