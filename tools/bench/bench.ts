/**
 * The benchmark: one table, each row beside its yardstick, in interleaved pairs.
 *
 *   npm run bench -- [--rows a,c16,rpc] [--pairs 5] [--seconds 3] [--json PATH]
 *
 * Everything it starts it ends, also at Ctrl-C. Exit code: 1 when a row is void, 2 when nothing could be measured.
 */
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { runTool } from '../lib/commandline';
import { formatMachine, machine } from './machine';
import { measureRow, type RowResult } from './measure';
import { type Options, readOptions } from './options';
import type { Row } from './row';
import { chooseRows } from './rows';
import { formatTable } from './table';
import { Workshop } from './workshop';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const rows = chooseRows(options.rows);
  const about = machine();
  const { pairs, seconds } = options;
  process.stderr.write(`${formatMachine(about)}\n${rows.length} rows, ${pairs} pairs each, ${seconds} s a measurement\n`);
  const workshop = await Workshop.open(options);
  const stop = endOnSignal(workshop);
  try {
    const results = await measureAll(rows, workshop, options, () => stop.signal !== undefined);
    if (stop.signal) return 128 + constants.signals[stop.signal];
    const after = machine();
    process.stdout.write(`${formatMachine(about)}; ${after.load.join(' ')} afterwards\n\n${formatTable(results)}\n`);
    if (options.json)
      await writeFile(
        options.json,
        `${JSON.stringify({ machine: about, loadAfter: after.load, pairs, seconds, rows: results }, null, 2)}\n`,
      );
    return results.some(({ isVoid }) => isVoid !== undefined) ? 1 : 0;
  } finally {
    stop.end();
    await workshop[Symbol.asyncDispose]();
  }
}

async function measureAll(rows: readonly Row[], workshop: Workshop, { pairs }: Options, isOver: () => boolean): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const row of rows) {
    if (isOver()) break;
    const result = await measureRow(row, workshop, pairs);
    const said =
      result.isVoid ??
      result.figures.map(({ name, ratio, firefly }) => `${name} ${(Number.isNaN(ratio) ? firefly : ratio).toFixed(2)}`).join(', ');
    if (!isOver()) process.stderr.write(`${row.key.padEnd(8)} ${said}\n`);
    results.push(result);
  }
  return results;
}

interface Stop {
  readonly signal: NodeJS.Signals | undefined;
  end(): void;
}

/** The measurement under way fails when its processes end, and that ends the run. */
function endOnSignal(workshop: Workshop): Stop {
  let came: NodeJS.Signals | undefined;
  const take = (signal: NodeJS.Signals) => {
    if (came) return;
    came = signal;
    process.stderr.write(`${signal}: ending what was started\n`);
    void workshop[Symbol.asyncDispose]();
  };
  process.on('SIGINT', take).on('SIGTERM', take);
  return {
    get signal() {
      return came;
    },
    end: () => process.off('SIGINT', take).off('SIGTERM', take),
  };
}

runTool(main);
