/** What the game node of the data rows does: every number that it answers with is checked against SQL by who asked. */
import type { MAdmin } from '../../src/dbentrust/face/madmin';
import type { FlushReport } from '../../src/dbentrust/port';
import { character, coinsOf } from './datatable';
import { measureUpdates, type UpdateLoad, type UpdateRate } from './updateloop';

export interface UpdateResult extends UpdateRate {
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

/** Changes that are under way while many rows are made or changed. */
const BULK = 500;
const READERS = 4;

/** Rows 0 to `count - 1`, where they are not there yet. */
export async function makeRows(characters: MAdmin, count: number): Promise<number> {
  const last = await characters.getObj(count - 1);
  if (!last) await inParallel(count, BULK, (id) => characters.new(character(id)));
  return count;
}

/** Changes two fields of a row at a time. */
export async function updateInLoop(characters: MAdmin, load: UpdateLoad): Promise<UpdateResult> {
  const handles = await characters.getObjList(Array.from({ length: load.rows }, (_, id) => id));
  const exp = handles.map(({ data }) => Number(data.exp));
  const rate = await measureUpdates(load, async (id) => {
    const next = (exp[id] ?? 0) + 1;
    await handles[id]?.updateMulti({ exp: next, coin: coinsOf(next) });
    exp[id] = next;
  });
  return { ...rate, exp };
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
