/**
 * Closed segments, until they may go: when SQL holds everything in them, and then after the time they are kept for, or when the kept ones take too much room.
 *
 * Time is this process's own, so that a clock that jumps removes nothing early; after a restart it runs anew, which the bound on bytes makes up for.
 */
import type { SegmentName } from './header';

export interface ClosedSegment extends SegmentName {
  readonly last: number;
  readonly bytes: number;
}

interface Kept extends ClosedSegment {
  /** `performance.now()` when SQL had all of it; undefined before. */
  appliedAt: number | undefined;
}

export class Retention {
  readonly #keepMs: number;
  readonly #keepBytes: number;
  /** Oldest first. Only from that side anything goes, so that what is left has no hole. */
  readonly #segments: Kept[] = [];
  #applied = 0;

  constructor(keepMs: number, keepBytes: number) {
    this.#keepMs = keepMs;
    this.#keepBytes = keepBytes;
  }

  get count(): number {
    return this.#segments.length;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  add(segment: ClosedSegment): void {
    this.#segments.push({ ...segment, appliedAt: undefined });
    this.apply(this.#applied);
  }

  apply(sequence: number): void {
    this.#applied = sequence;
    for (const segment of this.#segments) if (segment.last <= sequence) segment.appliedAt ??= performance.now();
  }

  /** It is gone already. */
  drop(name: string): void {
    const at = this.#segments.findIndex((segment) => segment.name === name);
    if (at >= 0) this.#segments.splice(at, 1);
  }

  /** Takes out what may go now; with `all` every segment that SQL has. */
  due(all = false): ClosedSegment[] {
    const now = performance.now();
    let applied = this.#segments.reduce((sum, segment) => sum + (segment.appliedAt === undefined ? 0 : segment.bytes), 0);
    let count = 0;
    for (const { appliedAt, bytes } of this.#segments) {
      if (appliedAt === undefined || !(all || now - appliedAt >= this.#keepMs || applied > this.#keepBytes)) break;
      applied -= bytes;
      count += 1;
    }
    return this.#segments.splice(0, count);
  }
}
