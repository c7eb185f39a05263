/**
 * Feeds both frame parsers, of links and of clients, with frames that are valid, spoilt, cut and random, and looks that the process stays up
 * and its memory flat.
 *
 *   npm run fuzz [-- --frames N] [--seed S] [--seconds T]
 *
 * The same seed makes the same frames. Exit code: 0 clean, 1 something failed (the seed that shows it at once is printed), 2 the time was over first.
 */
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CommandLine, runTool } from './lib/commandline';
import { ClientFuzz } from './lib/fuzz/client';
import { Random } from './lib/fuzz/random';
import { fuzzWire } from './lib/fuzz/wire';

const line = new CommandLine('usage: npm run fuzz -- [--frames N] [--seed N] [--seconds N]');

const FRAMES = 10_000_000;
const SECONDS = 1_800;
/** Rounds between two looks at the clock and at the event loop, so that what was put off is done. */
const BATCH = 200;
const MIB = 1024 * 1024;
/** What caches may take after the warm-up; a leak of one byte a frame is more in a full run. */
const HEAP_GROWTH = 8 * MIB;
const RSS_GROWTH = 96 * MIB;
const LOOKS = 5;
const LOOK_MS = 100;

export interface FuzzReport {
  readonly frames: number;
  readonly seconds: number;
  /** Bytes in use after a collection: at the end, above what they were after the first tenth. */
  readonly heapGrowth: number;
  readonly rssGrowth: number;
  /** The seed of the round that failed, and how. */
  readonly failure?: { readonly seed: number; readonly error: unknown };
}

/** @param say gets a line now and then */
export async function fuzz(frames: number, seed: number, seconds: number, say: (line: string) => void): Promise<FuzzReport> {
  const began = performance.now();
  const client = new ClientFuzz();
  let done = 0;
  let round = seed;
  let base: { heap: number; rss: number } | undefined;
  let told = began;
  const elapsed = () => (performance.now() - began) / 1000;
  const report = async (): Promise<Omit<FuzzReport, 'failure'>> => {
    const now = await memory();
    const { heap, rss } = base ?? now;
    return { frames: done, seconds: elapsed(), heapGrowth: now.heap - heap, rssGrowth: now.rss - rss };
  };
  while (done < frames && elapsed() < seconds) {
    for (let i = 0; i < BATCH && done < frames; i++) {
      const random = new Random(round);
      try {
        done += round % 2 === 0 ? fuzzWire(random) : client.round(random);
      } catch (error) {
        return { ...(await report()), failure: { seed: round, error } };
      }
      round = (round + 1) >>> 0;
    }
    await turn();
    if (!base && done >= frames / 10) base = await memory();
    if (performance.now() - told < 10_000) continue;
    told = performance.now();
    say(`${done} frames, ${Math.round(process.memoryUsage.rss() / MIB)} MiB`);
  }
  return report();
}

/** What is in use. Buffers are given back some time after the collection that found them free: the least of several looks counts. */
async function memory(): Promise<{ heap: number; rss: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const least = { heap: Number.POSITIVE_INFINITY, rss: Number.POSITIVE_INFINITY };
  for (let look = 0; look < LOOKS; look++) {
    collect();
    const { heapUsed, rss, external } = process.memoryUsage();
    least.heap = Math.min(least.heap, heapUsed + external);
    least.rss = Math.min(least.rss, rss);
    await delay(LOOK_MS);
  }
  return least;
}

async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const values = line.values(args, {
    frames: { ...text, default: String(FRAMES) },
    seed: text,
    seconds: { ...text, default: String(SECONDS) },
  });
  const frames = line.whole('frames', values.frames, 1);
  const seed = line.seed(values.seed);
  const seconds = line.above0('seconds', values.seconds);
  console.log(`fuzzing both frame parsers: ${frames} frames, --seed ${seed}`);
  process.on('uncaughtException', (error) => {
    console.error(`an exception escaped; run again with --seed ${seed}`, error);
    process.exit(1);
  });
  const report = await fuzz(frames, seed, seconds, (line) => console.log(line));
  const growth = `heap ${(report.heapGrowth / MIB).toFixed(1)} MiB, RSS ${(report.rssGrowth / MIB).toFixed(1)} MiB above the first tenth`;
  console.log(`${report.frames} frames in ${report.seconds.toFixed(1)} s; ${growth}`);
  if (report.failure) {
    console.error(`failed; show it with --seed ${report.failure.seed} --frames 1`, report.failure.error);
    return 1;
  }
  if (report.heapGrowth > HEAP_GROWTH || report.rssGrowth > RSS_GROWTH) {
    console.error(`failed: memory is not flat; run again with --seed ${seed}`);
    return 1;
  }
  if (report.frames < frames) {
    console.error(`the time of ${seconds} s was over first`);
    return 2;
  }
  console.log('clean');
  return 0;
}

if (require.main === module) runTool(main);
