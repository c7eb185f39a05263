/** What the game node of the data rows does: every number that it answers with is checked against SQL by who asked. */
import { setTimeout as delay } from 'node:timers/promises';
import type { MAdmin } from '../../src/dbentrust/face/madmin';
import type { FlushReport } from '../../src/dbentrust/port';
import { character, coinsOf } from './datatable';

export interface UpdateLoad {
  readonly rows: number;
  readonly inFlight: number;
  readonly seconds: number;
}

export interface UpdateResult {
  readonly perSecond: number;
  /** All that were acknowledged, those of the warm-up too. */
  readonly updates: number;
  /** `exp` of each row at its last acknowledged update, by id. */
  readonly exp: readonly number[];
}

export interface DirtyLoad {
  readonly rows: number;
  readonly exp: number;
}

export interface ReadLoad {
  readonly rows: number;
  /** Rows in a request. */
  readonly batch: number;
}

const WARM_UP_MS = 500;
/** Changes that are under way while many rows are made or changed. */
const BULK = 500;
const READERS = 4;

/** Rows 0 to `count - 1`, where they are not there yet. */
export async function makeRows(characters: MAdmin, count: number): Promise<number> {
  const last = await characters.getObj(count - 1);
  if (!last) await inParallel(count, BULK, (id) => characters.new(character(id)));
  return count;
}

/** A closed loop: each update is sent when the one before it was acknowledged. Each loop has rows of its own, so that the last acknowledged value of a row is the one it must have. */
export async function updateInLoop(characters: MAdmin, { rows, inFlight, seconds }: UpdateLoad): Promise<UpdateResult> {
  const ids = Array.from({ length: rows }, (_, id) => id);
  const handles = await characters.getObjList(ids);
  const exp = handles.map(({ data }) => Number(data.exp));
  let isOver = false;
  let updates = 0;
  const loop = async (first: number) => {
    for (let id = first; !isOver; id = id + inFlight < rows ? id + inFlight : first) {
      const next = (exp[id] ?? 0) + 1;
      await handles[id]?.updateMulti({ exp: next, coin: coinsOf(next) });
      exp[id] = next;
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
  return { perSecond, updates, exp };
}

/** Changes each row, and has all of them written at once. */
export async function flushDirty(characters: MAdmin, { rows, exp }: DirtyLoad): Promise<FlushReport> {
  const handles = await characters.getObjList(Array.from({ length: rows }, (_, id) => id));
  await inParallel(rows, BULK, (id) => handles[id]?.updateMulti({ exp, coin: coinsOf(exp) }));
  return characters.checkAll();
}

/** Reads rows 1 to `rows` once. @throws Error when one is missing or is another */
export async function readThrough(characters: MAdmin, { rows, batch }: ReadLoad): Promise<number> {
  await inParallel(Math.ceil(rows / batch), READERS, async (at) => {
    const ids = Array.from({ length: Math.min(batch, rows - at * batch) }, (_, index) => at * batch + index + 1);
    const read = await characters.getObjList(ids);
    if (read.length !== ids.length || read.some(({ data }, index) => data.id !== ids[index]))
      throw new Error(`rows from ${ids[0]} on are not what was asked for`);
  });
  return rows;
}

async function inParallel(count: number, width: number, work: (at: number) => unknown): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
