/**
 * Calls to the writer that outlive its absence: sent again on the next link, in the order in which they were made.
 *
 * While one of them waits all later ones wait behind it: an old write that is sent again never follows a newer one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline, FireflyError, JournalDown, NotManaged, PeerDown, QueueFull } from '../errors';
import { currentTrace, resumeTrace, type TraceContext } from '../log/trace';
import type { Metrics } from '../metrics/metrics';

/** How long a writer that can write no more is given to end. */
const ENDING_MS = 100;

/** The link to dbfront. */
export interface PortLink {
  /**
   * Sends one call; rejects with the classes of src/errors.ts.
   *
   * @param order the place among calls that are held for a writer that restarts; they are held until their own deadline. Left out: an ordinary call
   */
  call(target: string, args: unknown[], timeoutMs: number, order?: number): Promise<unknown>;
  /** Waits for the link. */
  whenUp(ms: number): Promise<void>;
  readonly deadlineMs: number;
  /** Calls that may wait for the writer; one more is refused. */
  readonly bound: number;
  readonly metrics?: Metrics;
}

/** The tables of this node, for a writer that was restarted. */
export interface Registered {
  has(table: string): boolean;
  again(table: string, timeoutMs: number, order: number): Promise<unknown>;
}

interface Call {
  /** Where it belongs: the first made has the lowest. */
  readonly order: number;
  readonly target: string;
  readonly args: unknown[];
  readonly tables: readonly string[];
  readonly end: number;
  /** Of the request that it belongs to. */
  readonly trace: TraceContext | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  maybeExecuted: boolean;
  /** Why it waits. */
  error: unknown;
  /** Its tables were registered again for it. */
  isRegistered: boolean;
}

export class PatientCalls {
  readonly #link: PortLink;
  readonly #registered: Registered;
  /** By their order. */
  #waiting: Call[] = [];
  #isResending = false;
  #last = 0;

  constructor(link: PortLink, registered: Registered) {
    this.#link = link;
    this.#registered = registered;
    link.metrics?.gauge('firefly_data_calls_waiting', 'Calls that wait until dbfront is there again', () => this.#waiting.length);
  }

  /** @param tables those it needs. @returns the result; rejects with PeerDown or Deadline that says whether any attempt may have been executed, QueueFull when too many wait */
  call(target: string, args: unknown[], tables: readonly string[]): Promise<unknown> {
    const { bound } = this.#link;
    if (this.#waiting.length >= bound) return Promise.reject(new QueueFull('calls that wait for dbfront', bound));
    return new Promise((resolve, reject) => {
      const end = performance.now() + this.#link.deadlineMs;
      const order = ++this.#last;
      const trace = currentTrace();
      const call = {
        order,
        target,
        args,
        tables,
        end,
        trace,
        resolve,
        reject,
        maybeExecuted: false,
        error: undefined,
        isRegistered: false,
      };
      if (this.#waiting.length > 0) this.#wait(call);
      else this.#send(call);
    });
  }

  #send(call: Call): void {
    this.#link.call(call.target, call.args, leftMs(call), call.order).then(call.resolve, (error: unknown) => this.#failed(call, error));
  }

  #failed(call: Call, error: unknown): void {
    call.error = error;
    if (isAway(error)) {
      call.maybeExecuted ||= error.maybeExecuted;
      if (performance.now() >= call.end) giveUp(call);
      else this.#wait(call);
    } else if (error instanceof NotManaged && !call.isRegistered && call.tables.some((table) => this.#registered.has(table))) {
      this.#wait(call);
    } else {
      call.reject(call.maybeExecuted ? doubtful(error, call.target, this.#link) : error);
    }
  }

  #wait(call: Call): void {
    const behind = this.#waiting.findLastIndex(({ order }) => order < call.order);
    this.#waiting.splice(behind + 1, 0, call);
    if (!this.#isResending) void this.#resend();
  }

  async #resend(): Promise<void> {
    this.#isResending = true;
    for (;;) {
      const [first] = this.#waiting;
      if (!first) break;
      if (!(await this.#isBack(first))) continue;
      const calls = this.#waiting;
      this.#waiting = [];
      for (const call of calls) {
        if (performance.now() < call.end) resumeTrace(call.trace, () => this.#send(call));
        else giveUp(call);
      }
    }
    this.#isResending = false;
  }

  /** Whether the writer is there and knows the tables; a call that has waited long enough is given up. */
  async #isBack(first: Call): Promise<boolean> {
    if (this.#waiting.some(({ error }) => error instanceof JournalDown)) await delay(Math.min(ENDING_MS, leftMs(first)));
    try {
      await this.#link.whenUp(leftMs(first));
    } catch (cause) {
      this.#waiting = this.#waiting.filter((call) => call !== first);
      first.error ??= new PeerDown('dbfront', false, { cause });
      giveUp(first);
      return false;
    }
    return performance.now() >= first.end || this.#knowsTables(first);
  }

  /** A writer that was restarted may not know the tables. `NotManaged` means that nothing was executed. */
  async #knowsTables(first: Call): Promise<boolean> {
    const unknown = this.#waiting.filter(({ error }) => error instanceof NotManaged);
    for (const table of new Set(unknown.flatMap(({ tables }) => tables))) {
      if (!this.#registered.has(table)) continue;
      try {
        await this.#registered.again(table, leftMs(first), first.order);
      } catch (error) {
        if (isAway(error)) {
          first.error = error;
          return false;
        }
        this.#refuse(table, error);
      }
    }
    for (const call of unknown) call.isRegistered = true;
    return true;
  }

  #refuse(table: string, error: unknown): void {
    const refused = this.#waiting.filter((call) => call.error instanceof NotManaged && call.tables.includes(table));
    this.#waiting = this.#waiting.filter((call) => !refused.includes(call));
    for (const call of refused) call.reject(error);
  }
}

function isAway(error: unknown): error is PeerDown | JournalDown {
  return error instanceof PeerDown || error instanceof JournalDown;
}

function leftMs({ end }: Call): number {
  return Math.max(1, end - performance.now());
}

function giveUp({ error, maybeExecuted, reject }: Call): void {
  const isSaid = error instanceof FireflyError && error.maybeExecuted;
  reject(maybeExecuted && !isSaid ? new PeerDown('dbfront', true, { cause: error }) : error);
}

/** What was refused now may have been made before: only an answer of the writer itself says that it was not. */
function doubtful(error: unknown, target: string, link: PortLink): unknown {
  const isUnsent = error instanceof FireflyError && error.code === 'FF_QUEUE_FULL';
  return isUnsent ? new Deadline(`call of ${target} at dbfront`, link.deadlineMs) : error;
}
