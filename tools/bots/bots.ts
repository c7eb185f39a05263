/**
 * Bots that play the sample game, whole sessions from the registration to the arena, over TCP or WebSocket.
 *
 *   npm run bots -- --bots 500 --minutes 10 [--host 127.0.0.1] [--port 11009,11010] [--websocket] [--ramp 20] [--think 500] [--name bot] [--seed 1] [--operator 2012] [--books FILE]
 *
 * A progress line every five seconds goes to stderr, the result table to stdout. `limits.connectionsPerAddress` and `game.registrationsPerMinute` of the cluster must allow
 * as many. With `--operator` somebody gives bots what they need for every command of the game; the token is in FIREFLY_TOKEN, and the secret of payments in GAME_RECHARGE_SECRET, if there are any. Exit code: 0 when every request was answered and no answer said that the server is in trouble, 1 otherwise, 2 for wrong usage.
 */
import { setMaxListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SeededRandom } from '../../app/game/random';
import { messageOf } from '../../src/thrown';
import { connectClient, type GameClient } from '../lib/gameclient';
import { portOffset } from '../lib/portoffset';
import { connectWebSocket } from '../lib/websocketclient';
import { Operator } from '../operator/operator';
import { nextAct } from './acts/acts';
import { BookKeeper } from './books';
import { accountOf, Bot } from './bot';
import { Tally } from './tally';

interface Options {
  readonly host: string;
  readonly port: readonly number[];
  readonly websocket: boolean;
  readonly bots: number;
  readonly minutes: number;
  readonly ramp: number;
  readonly think: number;
  readonly acts: number;
  readonly name: string;
  readonly seed: number;
  readonly operator?: number;
  readonly gifts: number;
  readonly books?: string;
}

const PROGRESS_MS = 5_000;
/** Professions that the game's client offers. */
const PROFESSIONS = 3;

async function main(options: Options): Promise<number> {
  const tally = new Tally();
  const keeper = new BookKeeper();
  const stop = new AbortController();
  // Each bot that waits listens.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const progress = setInterval(() => process.stderr.write(`${progressLine(tally, seconds())}\n`), PROGRESS_MS);
  const end = setTimeout(() => stop.abort(), options.minutes * 60_000);
  using operator = operatorFor(options);
  const faults: string[] = [];
  try {
    await playAll(options, tally, keeper, stop.signal);
    faults.push(...((await operator?.leave())?.wrong ?? []));
  } finally {
    clearInterval(progress);
    clearTimeout(end);
  }
  if (operator) keeper.takeOver(operator.keeper.books());
  if (options.books !== undefined) writeFileSync(options.books, `${JSON.stringify(keeper.books(tally.longestWaitMs, tally.commands))}\n`);
  process.stdout.write(`${tally.format(seconds())}\n`);
  if (operator) process.stdout.write(`\nthe operator\n${operator.tally.format(seconds())}\n`);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return tally.count('failed') + tally.count('lost') + faults.length === 0 ? 0 : 1;
}

/** Starts the bots one after the other, so that logins do not come all at once, and waits until they have left. */
async function playAll(options: Options, tally: Tally, keeper: BookKeeper, signal: AbortSignal): Promise<void> {
  const playing: Promise<void>[] = [];
  for (let at = 0; at < options.bots && !signal.aborted; at++) {
    playing.push(botAt(at, options, tally, keeper, signal).play());
    await delay(1_000 / options.ramp, undefined, { signal }).catch(() => {});
  }
  await Promise.all(playing);
}

function operatorFor({ operator: port, host, gifts, seed, bots, name }: Options): Operator | undefined {
  if (port === undefined) return undefined;
  const { FIREFLY_TOKEN: token, GAME_RECHARGE_SECRET: secret } = process.env;
  return new Operator({
    access: { host, port: port + portOffset(), token, secret },
    seed,
    gifts,
    bots,
    nameOf: (at) => accountOf(name, at),
    bans: false,
  });
}

function botAt(
  at: number,
  { name, seed, think, acts, host, port, websocket }: Options,
  tally: Tally,
  keeper: BookKeeper,
  signal: AbortSignal,
): Bot {
  return new Bot({
    name: accountOf(name, at),
    profession: 1 + (at % PROFESSIONS),
    random: SeededRandom.from(seed * 1_000_003 + at),
    tally,
    keeper,
    connect: () => connect(host, port[at % port.length] as number, websocket),
    next: nextAct,
    thinkMs: think,
    acts,
    signal,
  });
}

function connect(host: string, port: number, websocket: boolean): Promise<GameClient> {
  // Nobody reads what is pushed.
  const about = { host, port: port + portOffset(), onPush: () => {} };
  return websocket ? connectWebSocket(about) : connectClient(about);
}

function progressLine(tally: Tally, seconds: number): string {
  const rate = (tally.count() / seconds).toFixed(0);
  return `${seconds.toFixed(0).padStart(5)} s  ${tally.inGame} in the game  ${tally.count()} requests  ${rate}/s  ${tally.count('refused')} refused  ${tally.count('failed')} failed  ${tally.count('lost')} lost`;
}

function number(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min)) throw new InvalidArgumentError(`a number from ${min} is needed.`);
    return value;
  };
}

function whole(min: number): (text: string) => number {
  return (text) => {
    const value = number(min)(text);
    if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('a whole number is needed.');
    return value;
  };
}

function ports(text: string): number[] {
  return text.split(',').map(whole(1));
}

function accountName(text: string): string {
  if (!/^[a-z]{1,7}$/.test(text)) throw new InvalidArgumentError('1 to 7 small letters are needed; a number is put behind them.');
  return text;
}

const program = new Command('bots')
  .description('Lets bots play the sample game, and shows what they saw.')
  .option('--host <host>', 'where the net node is', '127.0.0.1')
  .option(
    '--port <ports>',
    'of the net nodes, with commas: netport, or wsport with --websocket; FIREFLY_PORT_OFFSET is added',
    ports,
    [11009],
  )
  .option('--websocket', 'play over WebSocket', false)
  .option('--bots <n>', 'how many', whole(1), 50)
  .option('--minutes <n>', 'for how long', number(0.01), 1)
  .option('--ramp <n>', 'bots that come in a second', number(0.1), 20)
  .option('--think <ms>', 'time between two requests of a bot, on average', whole(0), 500)
  .option('--acts <n>', 'acts of a session, before a bot leaves and comes back', whole(1), 40)
  .addOption(new Option('--name <letters>', 'of the accounts, before a number').argParser(accountName).default('bot'))
  .option('--seed <n>', 'the same seed makes the same choices', whole(0), 1)
  .option('--operator <port>', 'web port of the admin node, where somebody gives things to bots; FIREFLY_PORT_OFFSET is added', whole(1))
  .option('--gifts <n>', 'what that one does in a second', number(0.1), 5)
  .option('--books <file>', 'where to note, as JSON, how each trade ended: for npm run audit')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

if (require.main === module) {
  main(program.parse().opts<Options>()).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(2);
    },
  );
}
