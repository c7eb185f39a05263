/** What the benchmark is asked on its command line. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/thrown';

export const USAGE = 'usage: npm run bench -- [--rows a,c16,rpc] [--pairs 5] [--seconds 3] [--json PATH]';

export interface Options {
  /** Keys or groups; all rows when empty. */
  readonly rows: readonly string[];
  readonly pairs: number;
  /** How long one measurement takes. */
  readonly seconds: number;
  /** Where the results are written as JSON too. */
  readonly json: string | undefined;
}

/** @throws Error that says what is wrong and what there is */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  return {
    rows: values.rows.split(',').filter((name) => name !== ''),
    pairs: positive('pairs', values.pairs, Number.isInteger),
    seconds: positive('seconds', values.seconds, Number.isFinite),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const options = {
    rows: { type: 'string', default: '' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new Error(`${messageOf(error)}\n${USAGE}`, { cause: error });
  }
}

function positive(name: string, text: string, isRight: (value: number) => boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (isRight(value) && value > 0) return value;
  throw new Error(`--${name} is ${text} and must be ${isRight === Number.isInteger ? 'a whole number' : 'a number'} above 0\n${USAGE}`);
}
