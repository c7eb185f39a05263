/**
 * The proof of what docs/operations.md promises about restarts: clients that play while every node but the net nodes is restarted, again and again.
 *
 *   npm run rolling -- [--config config.json] [--stores mysql|embedded] [--requests 100000] [--clients 200] [--per-second 1500] [--rounds 1]
 *
 * The stores are those that the config names, mysql as a MariaDB and a memcached of its own.
 *
 * Exit code: 0 when nothing was lost, 1 when something was, 2 when it could not run.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandLine, runTool } from '../lib/commandline';
import { STORES, type StoresKind, startStores } from '../lib/stores';
import { type Outcome, Run } from './run';

/** No answer takes longer. */
const LONGEST_MS = 5_000;
const SHOWN = 5;
const ROOT = resolve(__dirname, '../..');
const DATABASE = 'darkworld';

const USAGE =
  'usage: npm run rolling -- [--config FILE] [--stores mysql|embedded] [--requests N] [--clients N] [--per-second N] [--rounds N]';

const line = new CommandLine(USAGE);

async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const values = line.values(args, {
    config: { ...text, default: 'config.json' },
    stores: text,
    requests: { ...text, default: '100000' },
    clients: { ...text, default: '200' },
    'per-second': { ...text, default: '1500' },
    rounds: { ...text, default: '1' },
  });
  const number = (key: 'requests' | 'clients' | 'per-second' | 'rounds') => line.whole(key, values[key], 1);
  const options = { requests: number('requests'), clients: number('clients'), perSecond: number('per-second'), rounds: number('rounds') };
  await using stores = await startStores(storesOf(values), DATABASE);
  await using run = await Run.start({ config: values.config, stores, ...options, say: (line) => process.stderr.write(`${line}\n`) });
  const outcome = await run.play();
  const wrong = problemsOf(outcome);
  process.stdout.write(`${format(values.config, options.clients, outcome)}\n${wrong.map((line) => `WRONG: ${line}\n`).join('')}`);
  if (wrong.length === 0) return 0;
  process.stderr.write(run.cluster.lastWarnings);
  return 1;
}

function storesOf({ config, stores }: { config: string; stores?: string | undefined }): StoresKind {
  if (stores === undefined) return /"engine": *"sqlite"/.test(readFileSync(resolve(ROOT, config), 'utf8')) ? 'embedded' : 'mysql';
  return line.oneOf('stores', STORES, stores);
}

/** What a run must not have. */
export function problemsOf({ tally, wrong }: Outcome): string[] {
  return [
    ...(tally.lost > 0
      ? [`${tally.lost} requests lost: ${tally.sent - tally.answered} without an answer, ${failures(tally.failures)}`]
      : []),
    ...(tally.duplicates > 0 ? [`${tally.duplicates} answers that nobody asked for`] : []),
    ...(tally.misplaced > 0 ? [`${tally.misplaced} answers overtook one another`] : []),
    ...(tally.connectionsBroken > 0 ? [`${tally.connectionsBroken} connections broken`] : []),
    ...(tally.pushesReceived !== tally.pushesAsked ? [`${tally.pushesAsked} pushes sent, ${tally.pushesReceived} received`] : []),
    ...(tally.pushDuplicates > 0 ? [`${tally.pushDuplicates} pushes twice, or behind a later one`] : []),
    ...(tally.slowestMs > LONGEST_MS ? [`an answer took ${Math.round(tally.slowestMs)} ms`] : []),
    ...wrong.slice(0, SHOWN),
    ...(wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} characters more`] : []),
  ];
}

function format(config: string, clients: number, { tally, restarts, seconds, wrong }: Outcome): string {
  return [
    `| ${config}, ${clients} clients, ${seconds.toFixed(0)} s | |`,
    '| --- | ---: |',
    `| requests | ${tally.sent} |`,
    `| lost | ${tally.lost} |`,
    `| ... without an answer | ${tally.sent - tally.answered} |`,
    `| ... answered with a failure | ${failures(tally.failures)} |`,
    `| answers that nobody asked for | ${tally.duplicates} |`,
    `| answers that overtook one another | ${tally.misplaced} |`,
    `| slowest answer | ${Math.round(tally.slowestMs)} ms |`,
    `| answers of a second or longer | ${tally.slow} |`,
    `| pushes sent / received / twice | ${tally.pushesAsked} / ${tally.pushesReceived} / ${tally.pushDuplicates} |`,
    `| connections broken | ${tally.connectionsBroken} |`,
    `| restarts | ${restarts} |`,
    `| rows that are not what was acknowledged | ${wrong.length} |`,
  ].join('\n');
}

function failures(byMessage: ReadonlyMap<string, number>): string {
  return byMessage.size === 0 ? '0' : Array.from(byMessage, ([message, count]) => `${count} x "${message}"`).join(', ');
}

if (require.main === module) runTool(main);
