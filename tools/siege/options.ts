/** What the siege is asked on its command line. */
import { CommandLine } from '../lib/commandline';
import { STORES, type StoresKind } from '../lib/stores';

export const USAGE = `usage: npm run siege -- [--bots N] [--minutes N] [--seed N] [--kills N] [--every SECONDS] [--ramp N] [--think MS] [--gifts N] [--patience SECONDS] [--stores mysql|embedded] [--keep]`;

const line = new CommandLine(USAGE);

export interface Options {
  readonly bots: number;
  /** How long nodes are killed, from when all bots have come. */
  readonly minutes: number;
  readonly seed: number;
  /** It goes on until so many were killed. */
  readonly kills: number;
  /** Seconds between two kills, on average. */
  readonly every: number;
  /** Bots that come in a second. */
  readonly ramp: number;
  /** Milliseconds between two requests of a bot, on average. */
  readonly think: number;
  /** What the operator does in a second. */
  readonly gifts: number;
  /** Seconds in which each bot must have a success again, whatever was killed. */
  readonly patience: number;
  readonly stores: StoresKind;
  /** Whether data and logs stay. */
  readonly keep: boolean;
}

/** @throws WrongUsage that says what is wrong and what there is */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const number = (name: Exclude<keyof typeof values, 'stores' | 'keep' | 'seed'>) => line.above0(name, values[name]);
  return {
    bots: line.whole('bots', values.bots, 1),
    minutes: number('minutes'),
    seed: line.seed(values.seed),
    kills: line.whole('kills', values.kills, 0),
    every: number('every'),
    ramp: number('ramp'),
    think: line.whole('think', values.think, 0),
    gifts: number('gifts'),
    patience: number('patience'),
    stores: line.oneOf('stores', STORES, values.stores),
    keep: values.keep,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    bots: { ...text, default: '500' },
    minutes: { ...text, default: '10' },
    seed: text,
    kills: { ...text, default: '3' },
    every: { ...text, default: '20' },
    ramp: { ...text, default: '10' },
    think: { ...text, default: '1000' },
    gifts: { ...text, default: '5' },
    patience: { ...text, default: '60' },
    stores: { ...text, default: 'mysql' },
    keep: { type: 'boolean', default: false },
  } as const;
  return line.values(args, options);
}
