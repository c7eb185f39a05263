/**
 * The clock of the client front: one timer for all connections instead of one for each.
 *
 * Closes those that send no first frame, that are idle, or that do not go away after they were told to; lets go on those that were paused for their rate.
 */
import type { Limits } from '../config/config';

/** What the sweep does to a connection. */
export interface Swept {
  /** When it connected; `performance.now()`, like all times here. */
  readonly since: number;
  /** When bytes came last. */
  readonly heardAt: number;
  /** Whether the server owes it something, so that its silence means nothing. */
  readonly isBusy: boolean;
  noFirstFrame(): void;
  idle(): void;
  /** Its time to go away in peace is over. */
  lingered(): void;
  /** Looks again whether its rate allows a frame; if not, it asks for `pace` again. */
  repace(): void;
}

/** How often paused connections are looked at: a connection at its rate gets its frames in portions of this time. */
const PACE_MS = 20;

export class Sweep<Member extends Swept> {
  readonly #limits: Limits;
  /** In the order they came, so that a sweep ends at the first that is young enough. */
  readonly #silent = new Set<Member>();
  readonly #members = new Set<Member>();
  readonly #lingering = new Map<Member, number>();
  readonly #paced = new Set<Member>();
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;
  #pacer: NodeJS.Timeout | undefined;

  /** @param tick called with each sweep */
  constructor(limits: Limits, tick: () => void) {
    this.#limits = limits;
    this.#tick = tick;
  }

  start(): void {
    const { firstFrameMs, idleMs, pingMs } = this.#limits;
    const shortest = Math.min(...[firstFrameMs, idleMs, pingMs].filter((ms) => ms > 0));
    this.#timer ??= setInterval(() => this.#sweep(), Math.min(1_000, Math.max(10, shortest / 4)));
  }

  stop(): void {
    clearInterval(this.#timer);
    clearInterval(this.#pacer);
    this.#timer = undefined;
    this.#pacer = undefined;
  }

  add(member: Member): void {
    this.#members.add(member);
    if (this.#limits.firstFrameMs > 0) this.#silent.add(member);
  }

  /** It sent a frame. */
  spoke(member: Member): void {
    this.#silent.delete(member);
  }

  /** Gives it `ms` from now to go away. */
  linger(member: Member, ms: number): void {
    this.#lingering.set(member, performance.now() + ms);
  }

  /** It waits for its rate to allow the next frame. */
  pace(member: Member): void {
    this.#paced.add(member);
    this.#pacer ??= setInterval(() => this.#repace(), PACE_MS);
  }

  remove(member: Member): void {
    this.#members.delete(member);
    this.#silent.delete(member);
    this.#lingering.delete(member);
    this.#paced.delete(member);
  }

  /** Members in each of its lists; all 0 when every connection is gone. */
  get sizes(): { silent: number; lingering: number; paced: number } {
    return { silent: this.#silent.size, lingering: this.#lingering.size, paced: this.#paced.size };
  }

  #sweep(): void {
    const now = performance.now();
    const { firstFrameMs, idleMs } = this.#limits;
    for (const member of this.#silent) {
      if (now - member.since < firstFrameMs) break;
      if (member.isBusy) continue;
      this.#silent.delete(member);
      member.noFirstFrame();
    }
    if (idleMs > 0) for (const member of this.#members) if (now - member.heardAt >= idleMs && !member.isBusy) member.idle();
    for (const [member, end] of this.#lingering) if (now >= end) member.lingered();
    this.#tick();
  }

  #repace(): void {
    const paced = [...this.#paced];
    this.#paced.clear();
    for (const member of paced) member.repace();
    if (this.#paced.size > 0) return;
    clearInterval(this.#pacer);
    this.#pacer = undefined;
  }
}
