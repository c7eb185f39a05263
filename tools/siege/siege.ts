/**
 * The proof that nothing of the sample game's players is lost: bots play while game nodes and dbfront are killed, and then everything that they own is accounted for.
 *
 *   npm run siege -- [--bots 500] [--minutes 10] [--seed N] [--kills 2] [--every 20] [--ramp 10] [--think 1000] [--patience 60] [--stores mysql|embedded] [--keep]
 *
 * Bots come, `--ramp` in a second; from then on nodes are killed for so many minutes. Exit code: 0 when the audit holds, every bot has gone on after each kill, and the cluster has stopped in order;
 * 1 when not (data, books and logs stay in their folder), 2 when it could not run.
 */
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { audit } from '../audit/audit';
import { allHold, type Check, formatChecks } from '../audit/check';
import type { Books } from '../bots/books';
import { runTool } from '../lib/commandline';
import { City } from './city';
import { Crowd } from './crowd';
import { type Kills, killNodes } from './kills';
import { type Options, readOptions } from './options';

interface Outcome {
  readonly kills: Kills;
  readonly seconds: number;
  readonly table: string;
  readonly checks: readonly Check[];
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`seed ${options.seed}`);
  const city = await City.build(options);
  let isRight = false;
  endOnSignal(city);
  try {
    const outcome = await besiege(city, options, say);
    process.stdout.write(`${format(options, outcome)}\n`);
    isRight = allHold(outcome.checks);
    return isRight ? 0 : 1;
  } finally {
    await city[Symbol.asyncDispose]();
    if (!isRight || options.keep) say(`data, books and logs: ${city.folder}`);
    else city.remove();
  }
}

/** Ctrl-C ends everything that was started; data and logs stay. */
function endOnSignal(city: City): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void city[Symbol.asyncDispose]().finally(() => process.exit(128 + constants.signals[signal])));
}

async function besiege(city: City, options: Options, say: (line: string) => void): Promise<Outcome> {
  const began = performance.now();
  using crowd = new Crowd(city, options);
  await delay((options.bots / options.ramp) * 1_000);
  say(`${options.bots} bots have been let in`);
  const kills = await killNodes(city, { ...options, say, assertPlays: () => crowd.assertPlays() });
  // Who waits since the last kill has the time to go on.
  await delay(options.every * 1_000);
  const { books, table } = await crowd.leave();
  const seconds = (performance.now() - began) / 1_000;
  await city.whenReady();
  const code = await city.stop();
  const store = await city.database();
  try {
    const checks = [...ownChecks(code, books, options), ...(await audit(store, { books, mustBeWhole: true }))];
    return { kills, seconds, table, checks };
  } finally {
    await store.close();
  }
}

function ownChecks(code: number | NodeJS.Signals, { longestWaitMs, characters }: Books, { bots, patience }: Options): Check[] {
  const played = Object.keys(characters).length;
  const waited = `${(longestWaitMs / 1_000).toFixed(1)} s`;
  return [
    { name: 'the cluster stopped in order', seen: `exit code ${code}`, wrong: code === 0 ? [] : [`exit code ${code}`] },
    { name: 'every bot has played', seen: `${played} characters`, wrong: played === bots ? [] : [`${played} of ${bots} bots have traded`] },
    {
      name: 'every bot has gone on after each kill',
      seen: `${waited} the longest without a success`,
      wrong: longestWaitMs <= patience * 1_000 ? [] : [`a bot had no success for ${waited}`],
    },
  ];
}

function format({ bots, stores, seed }: Options, { kills, seconds, table, checks }: Outcome): string {
  return [
    `${bots} bots on ${stores}, seed ${seed}, ${seconds.toFixed(0)} s: killed game nodes ${kills.game} times, dbfront ${kills.dbfront} times`,
    '',
    table,
    formatChecks(checks),
  ].join('\n');
}

runTool(main);
