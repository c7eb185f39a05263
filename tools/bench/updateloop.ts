/** How both sides of the update rows are measured: the same closed loops, so that only what an update is differs. */
import { setTimeout as delay } from 'node:timers/promises';

export interface UpdateLoad {
  readonly rows: number;
  readonly inFlight: number;
  readonly seconds: number;
}

export interface UpdateRate {
  readonly perSecond: number;
  /** All that were acknowledged, those of the warm-up too. */
  readonly updates: number;
}

const WARM_UP_MS = 500;

/**
 * Each update is sent when the one before it was acknowledged. Each loop has rows of its own, so that the last acknowledged value of a row is the
 * one it must have.
 *
 * @param update settles when the update of that row is acknowledged
 */
export async function measureUpdates({ rows, inFlight, seconds }: UpdateLoad, update: (id: number) => Promise<void>): Promise<UpdateRate> {
  let isOver = false;
  let updates = 0;
  const loop = async (first: number) => {
    for (let id = first; !isOver; id = id + inFlight < rows ? id + inFlight : first) {
      await update(id);
      updates += 1;
    }
  };
  const loops = Promise.all(Array.from({ length: inFlight }, (_, first) => loop(first)));
  const pause = (ms: number) => Promise.race([delay(ms), loops]);
  await pause(WARM_UP_MS);
  const [start, before] = [performance.now(), updates];
  await pause(seconds * 1_000);
  const perSecond = ((updates - before) * 1_000) / (performance.now() - start);
  isOver = true;
  await loops;
  return { perSecond, updates };
}
