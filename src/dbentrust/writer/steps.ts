/** From the changes of a group to steps whose values are checked: rows of inserts get their defaults and their ids here. */
import type { ChangeGroup } from '../change';
import { IdPool } from '../face/idpool';
import type { Row } from '../port';
import { type Step, stepOf } from './decide';
import type { IdBlocks } from './ids';
import type { RowReads } from './rowreads';
import type { State } from './state';
import type { ManagedTable } from './table';

/** Ids that the writer takes at a time for rows that come without. */
const ID_BLOCK = 50;

export class Steps {
  readonly #state: State;
  readonly #reads: RowReads;
  readonly #ids: IdBlocks;
  /** By table; gone with it. */
  readonly #pools = new WeakMap<ManagedTable, IdPool>();

  constructor(state: State, reads: RowReads, ids: IdBlocks) {
    this.#state = state;
    this.#reads = reads;
    this.#ids = ids;
  }

  /** @returns a promise only where an id or a computed default has to be waited for @throws NotManaged, RowRefused, PKValueError */
  of({ changes }: ChangeGroup): Step[] | Promise<Step[]> {
    const steps: (Step | Promise<Step>)[] = [];
    let waits = false;
    for (const change of changes) {
      const table = this.#state.table(change.table);
      if (change.op !== 'insert') {
        steps.push(stepOf(table, change));
        continue;
      }
      const step = (fields: Row): Step => ({ table, pk: table.pkOf(fields[table.pk.name]), change, fields });
      const row = this.#reads.complete(table, table.check(null, change.row), () => this.#nextId(table));
      if (!(row instanceof Promise)) {
        steps.push(step(row));
        continue;
      }
      waits = true;
      const completed = row.then(step);
      completed.catch(() => {}); // a later change may refuse the group before anybody waits for this one
      steps.push(completed);
    }
    return waits ? Promise.all(steps) : (steps as Step[]);
  }

  #nextId(table: ManagedTable): Promise<number> {
    let pool = this.#pools.get(table);
    if (!pool) {
      pool = new IdPool(() => this.#ids.take(table, ID_BLOCK));
      this.#pools.set(table, pool);
    }
    return pool.next();
  }
}
