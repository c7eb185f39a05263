/** What the chaos run is asked on its command line. */
import { CommandLine } from '../lib/commandline';
import { STORES, type StoresKind } from '../lib/stores';

export const USAGE = `usage: npm run chaos -- [--scene bank|outage|fulldisk] [--stores mysql|embedded] [--faults powercut] [--expect-loss]
                       [--seed N] [--steps N] [--transfers N] [--minutes N] [--hits PERCENT] [--down SECONDS] [--keep]`;

const line = new CommandLine(USAGE);

const SCENES = ['bank', 'outage', 'fulldisk'] as const;
export type SceneName = (typeof SCENES)[number];

export interface Options {
  readonly scene: SceneName;
  readonly stores: StoresKind;
  /** SIGKILL of dbfront takes away what its journal has not synced. */
  readonly powercut: boolean;
  /** The journal does not sync, and the run succeeds when its checks find that. */
  readonly expectLoss: boolean;
  readonly seed: number;
  /** Kills and freezes with work in flight. */
  readonly steps: number;
  /** Acknowledged transfers. */
  readonly transfers: number;
  /** The storm is over by then, and what is missing is a failure. */
  readonly minutes: number;
  /** Least part of the rows that readers ask for which must come from memcached, in percent: what never reads there proves nothing about it. */
  readonly hits: number;
  /** How long the outage lasts. */
  readonly downSeconds: number;
  /** Whether ledgers and logs stay. */
  readonly keep: boolean;
}

/** @throws WrongUsage that says what is wrong and what there is */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const faults = values.faults.split(',').filter((fault) => fault !== '');
  const unknown = faults.find((fault) => fault !== 'powercut');
  if (unknown) throw line.wrong(`--faults knows powercut, not ${unknown}`);
  const expectLoss = values['expect-loss'];
  return {
    scene: line.oneOf('scene', SCENES, values.scene),
    stores: line.oneOf('stores', STORES, values.stores),
    powercut: expectLoss || faults.length > 0,
    expectLoss,
    seed: line.seed(values.seed),
    steps: line.whole('steps', values.steps ?? (expectLoss ? '3' : '320'), 0),
    transfers: line.whole('transfers', values.transfers ?? (expectLoss ? '100' : '50000'), 0),
    minutes: line.above0('minutes', values.minutes),
    hits: line.whole('hits', values.hits, 0),
    downSeconds: line.above0('down', values.down),
    keep: values.keep,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    scene: { ...text, default: 'bank' },
    stores: { ...text, default: 'mysql' },
    faults: { ...text, default: '' },
    'expect-loss': { type: 'boolean', default: false },
    seed: text,
    steps: text,
    transfers: text,
    minutes: { ...text, default: '45' },
    hits: { ...text, default: '50' },
    down: { ...text, default: '60' },
    keep: { type: 'boolean', default: false },
  } as const;
  return line.values(args, options);
}
