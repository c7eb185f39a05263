/**
 * The proof of what docs/data.md promises: a bank whose processes are killed and frozen at random, and its books afterwards.
 *
 *   npm run chaos -- [--scene bank|outage|fulldisk] [--stores mysql|embedded] [--faults powercut] [--expect-loss] [--seed N] [--steps N] [--transfers N] [--minutes N] [--hits PERCENT]
 *
 * Exit code: 0 when every check holds, 1 when one does not (with the seed, and the folder of ledgers and logs), 2 when it could not run. With --expect-loss it is 0 when acknowledged transfers are
 * missing, as they must be when the journal does not sync.
 */
import { constants } from 'node:os';
import { messageOf } from '../../src/thrown';
import { runTool } from '../lib/commandline';
import { startStores } from '../lib/stores';
import { Bank } from './bank';
import { readFigures, readLedgers } from './books';
import { ALL_THERE, type Check, checkBank, holds, resolved } from './checks';
import { type Options, readOptions } from './options';
import { formatReport, type Report } from './report';
import { backMs, type Scene, sceneOf } from './scenes';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  process.stderr.write(`seed ${options.seed}\n`);
  const stores = await startStores(options.stores, 'bank');
  const scene = sceneOf(options);
  let bank: Bank | undefined;
  let isWrong = true;
  const stop = endOnSignal(() => bank?.end());
  try {
    bank = await Bank.open(stores, scene.bank);
    const report = await play(bank, scene, options, () => stop.signal !== undefined);
    if (stop.signal || !report) return 128 + constants.signals[stop.signal ?? 'SIGINT'];
    process.stdout.write(`${formatReport(report)}\n`);
    isWrong = !isRight(report);
    return isWrong ? 1 : 0;
  } finally {
    stop.end();
    await bank?.end();
    if (bank && isWrong) process.stderr.write(bank.cluster.lastWarnings);
    if (bank && (isWrong || options.keep)) process.stderr.write(`ledgers, data and log: ${bank.folder}\n`);
    else await bank?.[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  }
}

/** @returns nothing when it was stopped */
async function play(bank: Bank, scene: Scene, options: Options, isStopped: () => boolean): Promise<Report | undefined> {
  const started = performance.now();
  const checks: Check[] = [];
  const {
    tally,
    uncounted,
    checks: own,
  } = await scene
    .play(bank, options)
    .catch((error: unknown) => ({ checks: [failed('the run came to its end', error)], tally: undefined, uncounted: undefined }));
  checks.push(...own);
  if (isStopped()) return undefined;
  checks.push(await closes(bank, backMs(options)));
  const figures = readFigures(bank.folder);
  const ledgers = readLedgers(bank.folder);
  const store = await bank.database();
  try {
    checks.push(...(await checkBank(store, ledgers)));
    const executed = await resolved(store, ledgers);
    const seconds = Math.round((performance.now() - started) / 1000);
    return { options, seconds, tally, uncounted, figures, ledgers, executed, checks };
  } finally {
    await store.close();
  }
}

/** Ends the load and the cluster, so that everything is in the database. */
async function closes(bank: Bank, readyMs: number): Promise<Check> {
  const name = 'the cluster came back and stopped in order';
  try {
    await bank.whenReady(readyMs);
    await bank.calm();
    const code = await bank.close();
    return holds(name, `exit code ${code}`, code === 0 ? [] : [`exit code ${code}`]);
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name: string, error: unknown): Check {
  return holds(name, 'it did not', [messageOf(error).slice(0, 4_000)]);
}

function isRight({ options, checks }: Report): boolean {
  if (!options.expectLoss) return checks.every(({ wrong }) => wrong.length === 0);
  return checks.some(({ name, wrong }) => name === ALL_THERE && wrong.length > 0);
}

/** At Ctrl-C everything that was started is ended, and with it what waits for it. */
function endOnSignal(end: () => unknown): { signal: NodeJS.Signals | undefined; end(): void } {
  const state = { signal: undefined as NodeJS.Signals | undefined, end: () => {} };
  const stop = (signal: NodeJS.Signals) => {
    state.signal ??= signal;
    end();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  state.end = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  return state;
}

runTool(main);
