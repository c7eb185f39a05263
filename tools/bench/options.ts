/** What the benchmark is asked on its command line. */
import { CommandLine } from '../lib/commandline';

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

const line = new CommandLine(USAGE);

/** @throws WrongUsage that says what is wrong and what there is */
export function readOptions(args: readonly string[]): Options {
  const values = line.values(args, {
    rows: { type: 'string', default: '' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'string' },
  });
  return {
    rows: values.rows.split(',').filter((name) => name !== ''),
    pairs: line.whole('pairs', values.pairs, 1),
    seconds: line.above0('seconds', values.seconds),
    json: values.json,
  };
}
