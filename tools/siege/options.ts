/** What the siege is asked on its command line. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/thrown';

export const USAGE = `usage: npm run siege -- [--bots N] [--minutes N] [--seed N] [--kills N] [--every SECONDS] [--ramp N] [--think MS] [--patience SECONDS] [--stores mysql|embedded] [--keep]`;

const STORES = ['mysql', 'embedded'] as const;

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
  /** Seconds in which each bot must have a success again, whatever was killed. */
  readonly patience: number;
  readonly stores: (typeof STORES)[number];
  /** Whether data and logs stay. */
  readonly keep: boolean;
}

/** @throws Error that says what is wrong and what there is */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const stores = STORES.find((one) => one === values.stores);
  if (!stores) throw new Error(`--stores is ${values.stores} and must be one of ${STORES.join(', ')}\n${USAGE}`);
  const number = (name: Exclude<keyof typeof values, 'stores' | 'keep' | 'seed'>) => above0(name, values[name]);
  return {
    bots: whole('bots', values.bots, 1),
    minutes: number('minutes'),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole('seed', values.seed, 0),
    kills: whole('kills', values.kills, 0),
    every: number('every'),
    ramp: number('ramp'),
    think: whole('think', values.think, 0),
    patience: number('patience'),
    stores,
    keep: values.keep,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    bots: { ...text, default: '500' },
    minutes: { ...text, default: '10' },
    seed: text,
    kills: { ...text, default: '2' },
    every: { ...text, default: '20' },
    ramp: { ...text, default: '10' },
    think: { ...text, default: '1000' },
    patience: { ...text, default: '60' },
    stores: { ...text, default: 'mysql' },
    keep: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`${messageOf(error)}\n${USAGE}`, { cause: error });
  }
}

function whole(name: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} is ${text} and must be a whole number from ${least}\n${USAGE}`);
}

function above0(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} is ${text} and must be a number above 0\n${USAGE}`);
}
