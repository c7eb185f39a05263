/**
 * A process that uses a journal until it is done or something ends it: `node crasher.js FOLDER RUN`.
 *
 * Its lines: `open`, `ack SEQUENCE TEXT` for each record it may call durable, `down REASON`, `done`. FOLDER/applied stands for what SQL knows.
 */
import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Applied, Journal } from '../../../src/dbentrust/journal/contract';
import { claimJournal } from '../../../src/dbentrust/journal/open';
import { Metrics } from '../../../src/metrics/metrics';
import { silentLog } from '../../helpers/services';

const CALLERS = 5;
const RECORDS = 40;
const APPLY_EVERY = 25;

const [folder = '', run = ''] = process.argv.slice(2);

/** In this turn, so that it is said before whatever comes. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function main(): Promise<void> {
  const opening = await claimJournal({
    folder,
    segmentBytes: 2_000,
    maxBytes: 1_000_000,
    keepMs: 0,
    keepBytes: 0,
    log: silentLog(),
    metrics: new Metrics('crasher'),
  });
  for await (const _ of opening.replay(readApplied()));
  const journal = await opening.open(() => Buffer.from('what was before'));
  say('open');
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => use(journal, caller)));
  await journal.close();
  say('done');
}

async function use(journal: Journal, caller: number): Promise<void> {
  for (let index = 0; index < RECORDS; index += 1) {
    const text = `${run}.${caller}.${index}.${'x'.repeat((index * 37) % 200)}`;
    const sequence = journal.append(Buffer.from(text));
    await journal.sync(sequence);
    say(`ack ${sequence} ${text}`);
    if (caller > 0 || index % APPLY_EVERY !== APPLY_EVERY - 1) continue;
    writeApplied({ uuid: journal.uuid, position: sequence });
    journal.truncate(sequence);
  }
}

function readApplied(): Applied | undefined {
  const path = join(folder, 'applied');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function writeApplied(applied: Applied): void {
  writeFileSync(join(folder, 'applied.new'), JSON.stringify(applied));
  renameSync(join(folder, 'applied.new'), join(folder, 'applied'));
}

main().catch((error: unknown) => {
  say(`down ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
  process.exitCode = 1;
});
