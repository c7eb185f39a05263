/** The kinds of trouble: random kills and freezes, a database that is away, a full disk. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../lib/wait';
import type { Bank, BankOptions } from './bank';
import { readLedgers } from './books';
import { type Check, hitShare, holds } from './checks';
import type { Options, SceneName } from './options';
import { Storm, type Tally } from './storm';

export interface Scene {
  readonly bank: BankOptions;
  /** Makes the trouble. @returns checks of its own, and what was hit */
  play(bank: Bank, options: Options): Promise<{ checks: readonly Check[]; tally?: Tally; uncounted?: number }>;
}

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;
/** A bound that a bank under load reaches within seconds. */
const SMALL_JOURNAL = { journalBytes: MIB / 2, journalSegmentBytes: MIB / 8 };
const DISK = '8m';

export function sceneOf(options: Options): Scene {
  return SCENES[options.scene](options);
}

const SCENES: Record<SceneName, (options: Options) => Scene> = {
  bank: ({ powercut, expectLoss }) => {
    const faults = [...(powercut ? ['journal=powercut'] : []), ...(expectLoss ? ['journal=nosync'] : [])];
    return {
      bank: {
        ...(faults.length > 0 ? { env: { FIREFLY_FAULT: faults.join(',') } } : {}),
        // What SQL has cannot be lost by the journal: where loss is looked for, SQL gets little.
        limits: expectLoss ? { flushIntervalMs: 3_600_000 } : { journalSegmentBytes: MIB },
      },
      play: playStorm,
    };
  },
  outage: () => ({ bank: { limits: SMALL_JOURNAL }, play: playOutage }),
  fulldisk: () => ({ bank: { prepare: smallDisk, limits: { journalSegmentBytes: MIB } }, play: playFullDisk }),
};

/** How long what is hit may take to come back. A dbfront whose journal has holes does not, and need not be waited for. */
export function backMs({ expectLoss }: Pick<Options, 'expectLoss'>): number {
  return expectLoss ? 15_000 : 120_000;
}

async function playStorm(bank: Bank, options: Options) {
  const { seed, steps, transfers, minutes, hits, expectLoss, stores } = options;
  const until = performance.now() + minutes * MINUTE_MS;
  const only = expectLoss ? { only: [{ kind: 'dbfront', action: 'kill' } as const] } : {};
  const storm = new Storm(bank, { seed, steps, transfers, until, backMs: backMs(options), ...only });
  const progress = setInterval(() => tell(bank, storm), 10_000);
  try {
    await storm.rage();
  } finally {
    clearInterval(progress);
  }
  const { acknowledged } = bank.figures;
  const share = hitShare(bank.figures);
  const checks = [
    holds('enough kills and freezes met work in flight', `${storm.counted}`, storm.counted < steps ? [`${storm.counted} of ${steps}`] : []),
    holds('enough transfers were acknowledged', `${acknowledged}`, acknowledged < transfers ? [`${acknowledged} of ${transfers}`] : []),
  ];
  if (stores === 'mysql' && !expectLoss)
    checks.push(holds('readers read from memcached', percent(share), share < hits / 100 ? [`${percent(share)} of their rows`] : []));
  return { checks, tally: storm.tally, uncounted: storm.uncounted };
}

function tell(bank: Bank, storm: Storm): void {
  const { acknowledged, refused, unknown } = bank.figures;
  const line = `${storm.counted} kills and freezes, ${acknowledged} transfers acknowledged, ${refused} refused, ${unknown} unknown, ${percent(hitShare(bank.figures))} of reads from memcached`;
  process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${line}\n`);
}

async function playOutage(bank: Bank, { downSeconds, stores }: Options) {
  const { mariadb } = bank.stores.services;
  if (!mariadb) throw new Error(`an outage needs a database of its own: --stores mysql, not ${stores}`);
  await bank.whenMoved(100, MINUTE_MS);
  await mariadb.kill();
  const before = bank.figures.acknowledged;
  await waitFor(() => journalFull(bank).length > 0, 'JournalFull', 2 * MINUTE_MS);
  const during = bank.figures.acknowledged - before;
  await delay(downSeconds * 1_000);
  await mariadb.revive();
  await bank.whenMoved(500, 2 * MINUTE_MS);
  return {
    checks: [
      holds('writes went on without the database', `${during} transfers`, during < 100 ? [`${during} transfers`] : []),
      holds('JournalFull at the bound', `${journalFull(bank).length} refusals`, []),
    ],
  };
}

async function playFullDisk(bank: Bank) {
  await bank.whenMoved(100, MINUTE_MS);
  const filler = join(bank.dataDir, 'journal', 'filler');
  const isRefused = () => {
    // A flush makes room: the journal is not to live on that.
    fill(filler);
    return journalFull(bank).length > 0;
  };
  let acknowledged: number;
  try {
    await waitFor(isRefused, 'refusal', 2 * MINUTE_MS);
    acknowledged = bank.figures.acknowledged;
    await delay(2_000);
  } finally {
    // Also after a failure: what waits in the journal is to come to the database, or the books would miss it for no reason.
    rmSync(filler, { force: true });
  }
  await bank.whenMoved(500, 2 * MINUTE_MS);
  const reasons = journalFull(bank).filter((reason) => /disk is full/.test(reason));
  return {
    checks: [
      holds('refused with the reason', `${reasons.length} refusals`, reasons.length === 0 ? ['no refusal names the disk'] : []),
      holds('recovered when there was room', `${bank.figures.acknowledged - acknowledged} transfers since`, []),
    ],
  };
}

/** Refusals with JournalFull. */
function journalFull(bank: Bank): string[] {
  return [...readLedgers(bank.folder).refused.values()].filter((reason) => reason.startsWith('JournalFull'));
}

/** Puts the journal on a disk of its own that is soon full. */
function smallDisk(dataDir: string): () => void {
  const journal = join(dataDir, 'journal');
  mkdirSync(journal);
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', journal], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`a small disk for the journal needs root and mount: ${error?.message ?? stderr}`);
  return () => void spawnSync('umount', ['-l', journal]);
}

function fill(path: string): void {
  for (let bytes = MIB; bytes > 0; ) {
    try {
      writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      bytes = bytes > 1 ? bytes >> 1 : 0;
    }
  }
}

export function percent(share: number): string {
  return `${Math.floor(share * 100)}%`;
}
