/**
 * The proof that nothing of the sample game's players is lost: bots play and an operator gives them things while nodes are killed, and then everything that they own is accounted for.
 *
 *   npm run siege -- [--bots 500] [--minutes 10] [--seed N] [--kills 3] [--every 20] [--ramp 10] [--think 1000] [--gifts 5] [--patience 60] [--stores mysql|embedded] [--keep]
 *
 * Bots come, `--ramp` in a second; from then on nodes are killed for so many minutes. Exit code: 0 when the audit holds, every bot has gone on after each kill, every command of the game was done, and the cluster has stopped in order;
 * 1 when not (data, books and logs stay in their folder), 2 when it could not run.
 */
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { audit } from '../audit/audit';
import { allHold, type Check, formatChecks } from '../audit/check';
import { accountOf } from '../bots/bot';
import { runTool } from '../lib/commandline';
import { Operator } from '../operator/operator';
import { City } from './city';
import { Crowd, NAME } from './crowd';
import { type Kills, killNodes } from './kills';
import { type Options, readOptions } from './options';
import { ownChecks } from './ownchecks';
import { checkWholeGame } from './wholegame';

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
  const building = City.build(options);
  endOnSignal(building);
  const city = await building;
  let isRight = false;
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
function endOnSignal(building: Promise<City>): void {
  const end = async (signal: NodeJS.Signals) => {
    // Also what has just begun to start.
    const city = await building;
    await city[Symbol.asyncDispose]();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(signal).catch(() => process.exit(2)));
}

async function besiege(city: City, options: Options, say: (line: string) => void): Promise<Outcome> {
  const began = performance.now();
  using crowd = new Crowd(city, options);
  const nameOf = (at: number) => accountOf(NAME, at);
  using operator = new Operator({ ...options, access: city.admin, nameOf, bans: true });
  await delay((options.bots / options.ramp) * 1_000);
  say(`${options.bots} bots have been let in`);
  const kills = await killNodes(city, { ...options, say, assertPlays: () => crowd.assertPlays(), before: () => operator.hurry() });
  // Who waits since the last kill has the time to go on.
  await delay(options.every * 1_000);
  const twice = await operator.leave();
  const crowdLeft = await crowd.leave();
  operator.keeper.takeOver(crowdLeft.books);
  const books = operator.keeper.books(crowdLeft.books.longestWaitMs, { ...crowdLeft.books.commands, ...operator.tally.commands });
  const table = `${crowdLeft.table}\nthe operator\n${operator.tally.format((performance.now() - began) / 1_000)}\n`;
  const seconds = (performance.now() - began) / 1_000;
  await city.whenReady();
  const code = await city.stop();
  const store = await city.database();
  try {
    const checks = [
      ...ownChecks({ code, books, bans: operator.bans }, options),
      twice,
      checkWholeGame(books.commands, options),
      ...(await audit(store, { books, mustBeWhole: true })),
    ];
    return { kills, seconds, table, checks };
  } finally {
    await store.close();
  }
}

function format({ bots, stores, seed }: Options, { kills, seconds, table, checks }: Outcome): string {
  return [
    `${bots} bots on ${stores}, seed ${seed}, ${seconds.toFixed(0)} s: killed game nodes ${kills.game} times, dbfront ${kills.dbfront} times, the admin node ${kills.admin} times`,
    '',
    table,
    formatChecks(checks),
  ].join('\n');
}

runTool(main);
