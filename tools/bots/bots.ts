/**
 * Bots that play the sample game, whole sessions from the registration to the arena, over TCP or WebSocket.
 *
 *   npm run bots -- --bots 500 --minutes 10 [--host 127.0.0.1] [--port 11009,11010] [--websocket] [--ramp 20] [--think 500] [--name bot] [--seed 1] [--books FILE]
 *
 * A progress line every five seconds goes to stderr, the result table to stdout. `limits.connectionsPerAddress` and `game.registrationsPerMinute` of the cluster must allow
 * as many. Exit code: 0 when every request was answered and no answer said that the server is in trouble, 1 otherwise, 2 for wrong usage.
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
import { nextAct } from './acts';
import { BookKeeper } from './books';
import { Bot } from './bot';
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
  try {
    await playAll(options, tally, keeper, stop.signal);
  } finally {
    clearInterval(progress);
    clearTimeout(end);
  }
  if (options.books !== undefined) writeFileSync(options.books, `${JSON.stringify(keeper.books(tally.longestWaitMs))}\n`);
  process.stdout.write(`${tally.format(seconds())}\n`);
  return tally.count('failed') + tally.count('lost') === 0 ? 0 : 1;
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

function botAt(
  at: number,
  { name, seed, think, acts, host, port, websocket }: Options,
  tally: Tally,
  keeper: BookKeeper,
  signal: AbortSignal,
): Bot {
  return new Bot({
    name: `${name}${String(at).padStart(4, '0')}`,
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
