/**
 * A group of changes on its way: checked, written to the journal and made in one turn, acknowledged when it is durable and readers see it.
 *
 * What has all its rows at hand goes that way without waiting for anybody; else the group takes the locks of all its rows in one step, and reads what is missing.
 */
import { Conflict, JournalFull, QueueFull, RowRefused } from '../../errors';
import type { ChangeGroup, ChangeId, Outcome } from '../change';
import { checkSize } from '../committer';
import { faultPoint, faultPointLater } from '../faults';
import type { Journal } from '../journal/contract';
import { type Decision, decide, type Step } from './decide';
import type { Remembered } from './identities';
import { type Answer, encodeChanges, outcomesOf } from './record';
import type { RowReads } from './rowreads';
import { lockOf, type RowName, type Rows, type Shown } from './rows';
import type { State } from './state';
import type { RowState, UniqueValue } from './table';

/** Groups that may be under way at once. */
const UNDER_WAY = 65_536;
/** Of a relaxed table, no more is acknowledged ahead of the disk than what comes in this time. docs/data.md says so. */
const RELAXED_MS = 100;

export interface CommitsOptions {
  readonly state: State;
  readonly rows: Rows;
  readonly reads: RowReads;
  readonly journal: Journal;
  /** Changes, and rows read, of one group. */
  readonly groupBound: number;
  /** The changes of a group, their values checked and the rows of inserts complete; a promise where that takes one. */
  readonly stepsOf: (group: ChangeGroup) => Step[] | Promise<Step[]>;
}

export class Commits {
  readonly #options: CommitsOptions;
  #underWay = 0;
  /** Waits for the sync that comes next. */
  #next: Showing | undefined;

  constructor(options: CommitsOptions) {
    this.#options = options;
  }

  /** Groups that are not answered yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Makes the group once, however often it is sent. @throws TransactionTooLarge at once */
  commit(group: ChangeGroup): Promise<Outcome[]> {
    checkSize(group, this.#options.groupBound);
    return this.once(group.id, (remembered) => this.#make(group, remembered));
  }

  /** Runs what has an identity, or answers what was answered. @param make settles when the answer, which it has remembered, may be told */
  async once<A extends Answer>(id: ChangeId, make: (remembered: Remembered) => Promise<unknown>): Promise<A> {
    const { identities } = this.#options.state;
    const known = identities.find(id);
    if (known) {
      await known.told;
      return known.answer as A;
    }
    if (this.#underWay >= UNDER_WAY) throw new QueueFull('changes under way in the writer', UNDER_WAY);
    const remembered = identities.begin(id);
    this.#underWay += 1;
    try {
      const told = make(remembered);
      remembered.told = told;
      await told;
      remembered.told = undefined;
      faultPointLater('writer.acknowledged');
      return remembered.answer as A;
    } catch (error) {
      if (remembered.sequence > 0) throw error; // the journal went down with it, and nobody knows
      identities.forget(id);
      // A refusal shows what the rows are: that must not be taken back by a power cut. That there is no room shows nothing of them, and is said in its place while there is none.
      if (!(error instanceof JournalFull)) await this.#options.rows.durable(this.#options.journal.appended);
      if (error instanceof Conflict) await this.#options.rows.refresh(this.#options.state.nameOf(error.table, error.pk));
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  #make(group: ChangeGroup, remembered: Remembered): Promise<unknown> {
    const steps = this.#options.stepsOf(group);
    return steps instanceof Promise
      ? steps.then((known) => this.#makeNow(group, known, remembered))
      : this.#makeNow(group, steps, remembered);
  }

  #makeNow(group: ChangeGroup, steps: readonly Step[], remembered: Remembered): Promise<unknown> {
    return this.#atOnce(group, steps, remembered) ?? this.#inTurn(group, steps, remembered).then(({ done }) => done);
  }

  /** Where nothing has to be waited for. */
  #atOnce(group: ChangeGroup, steps: readonly Step[], remembered: Remembered): Promise<unknown> | undefined {
    const { rows, state } = this.#options;
    const targets: RowState[] = [];
    for (const step of steps) {
      const row = rows.atHand(step);
      if (!row) return undefined;
      targets.push(row);
    }
    for (const read of group.reads) if (!rows.atHand(state.nameOf(read.table, read.pk))) return undefined;
    const decision = this.#decide(group, steps, targets);
    if (wantedBy(decision).length > 0) return undefined;
    return this.#append(group, decision, remembered);
  }

  #inTurn(group: ChangeGroup, steps: readonly Step[], remembered: Remembered): Promise<{ done: Promise<unknown> }> {
    const { rows, reads, state } = this.#options;
    const names: RowName[] = [...steps, ...group.reads.map(({ table, pk }) => state.nameOf(table, pk))];
    return rows.locks.run([...new Set(names.map(lockOf))], async () => {
      const targets = await rows.fetch(names);
      const decision = this.#decide(group, steps, targets);
      const wanted = wantedBy(decision);
      if (wanted.length === 0) return { done: this.#append(group, decision, remembered) };
      const next = new Map(decision.states.map((each) => [each.row, each.next]));
      return rows.locks.run([...locksOf(wanted)], async () => {
        for (const { row, value } of wanted) await reads.checkFree(row, value, next);
        // Decided anew: leases and the versions of what was read may have changed meanwhile.
        return { done: this.#append(group, this.#decide(group, steps, targets), remembered) };
      });
    });
  }

  /** @throws what refuses the group; nothing is changed */
  #decide(group: ChangeGroup, steps: readonly Step[], targets: readonly RowState[]): Decision {
    const { state } = this.#options;
    for (const { table, pk, version } of group.reads) {
      const name = state.nameOf(table, pk);
      if (name.table.rows.get(String(name.pk))?.version !== version) throw new Conflict(table, name.pk);
    }
    for (const { table, pk, token } of group.leases ?? []) {
      const name = state.nameOf(table, pk);
      state.leases.check(name.table.name, name.pk, token);
    }
    for (const { change, table, pk } of steps) if (change.op !== 'insert') state.leases.check(table.name, pk, change.token);
    return decide(steps, targets);
  }

  /** From the journal's sequence to the rows in one turn: nobody sees them in between. */
  #append(group: ChangeGroup, { images, states }: Decision, remembered: Remembered): Promise<unknown> {
    const { rows, journal, state } = this.#options;
    rows.admit(states);
    const sequence = journal.append(encodeChanges(group.id, images));
    rows.apply(states, sequence);
    remembered.sequence = sequence;
    remembered.answer = outcomesOf(images, sequence);
    let isDurable = false;
    for (const { row, next } of states) {
      if (!next) state.leases.drop(row.table.name, row.pk);
      if (!row.table.relaxed) isDurable = true;
    }
    if (!isDurable && journal.lagMs <= RELAXED_MS) return this.#show(states.map((state) => ({ ...state, version: sequence })));
    const synced = journal.sync(sequence);
    if (this.#next?.synced !== synced) {
      const changed = new Map<RowState, Shown>();
      this.#next = { synced, changed, shown: synced.then(() => this.#show(changed.values())) };
    }
    for (const { row, next } of states) this.#next.changed.set(row, { row, next, version: sequence });
    return this.#next.shown;
  }

  async #show(rows: Iterable<Shown>): Promise<void> {
    await this.#options.rows.show(rows);
    faultPoint('writer.cached');
  }
}

/** What one sync makes durable is brought to readers together; of a row that was changed several times, the last state. */
interface Showing {
  readonly synced: Promise<void>;
  readonly changed: Map<RowState, Shown>;
  readonly shown: Promise<void>;
}

interface Wanted {
  readonly row: RowState;
  readonly value: UniqueValue;
}

/** Unique values that rows are to get. */
function wantedBy({ states }: Decision): Wanted[] {
  const wanted: Wanted[] = [];
  for (const { row, next } of states) {
    if (!next || row.table.uniqueKeys.length === 0) continue;
    for (const value of row.table.newUniqueValues(row.now, next)) wanted.push({ row, value });
  }
  return wanted;
}

/** @throws RowRefused when two rows of the group want one value */
function locksOf(wanted: readonly Wanted[]): Set<string> {
  const locks = new Set<string>();
  for (const { row, value } of wanted) {
    const lock = `unique ${row.table.name} ${value.key.name} ${value.form}`;
    if (locks.has(lock)) {
      const field = value.key.columns.map(({ name }) => name).join(', ');
      throw new RowRefused(row.table.name, row.pk, field, `two rows of the group want the same value (unique key ${value.key.name})`);
    }
    locks.add(lock);
  }
  return locks;
}
