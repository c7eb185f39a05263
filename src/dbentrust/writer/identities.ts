/**
 * Which changes were made already, and what was answered: a group that a node sends again is made once.
 *
 * Remembered until the node says that it has its answer (`settled`), or was not heard of for so long that none of its groups can still be on its way.
 */
import { QueueFull } from '../../errors';
import type { ChangeId } from '../change';
import type { Answer, Snapshot } from './record';

/** Answers that one node may leave unsettled. */
const ANSWERS = 262_144;
/** Ten times what a call may take by default: nobody sends a group again after that. */
const FORGOTTEN_MS = 600_000;

export interface Remembered {
  /** Of the record; 0 while the group is not in the journal. */
  sequence: number;
  answer: Answer | undefined;
  /** Settles when it may be told to the node; undefined after a restart, when everything in the journal may. */
  told: Promise<unknown> | undefined;
}

interface Source {
  settled: number;
  seenAt: number;
  readonly answers: Map<number, Remembered>;
}

export class Identities {
  readonly #sources = new Map<string, Source>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Answers that are remembered. */
  get size(): number {
    let size = 0;
    for (const { answers } of this.#sources.values()) size += answers.size;
    return size;
  }

  /**
   * What is known of a group; undefined when it is new.
   *
   * @throws RangeError for one that its node has settled: it came late over a broken link, and nobody waits for it
   */
  find(id: ChangeId): Remembered | undefined {
    const source = this.#source(id.source);
    this.#settle(source, id.settled);
    const known = source.answers.get(id.counter);
    if (!known && id.counter < source.settled) throw new RangeError(`change ${id.counter} of ${id.source} came after its answer`);
    return known;
  }

  /** Remembers a group from now on. @throws QueueFull */
  begin(id: ChangeId): Remembered {
    const { answers } = this.#source(id.source);
    if (answers.size >= ANSWERS) throw new QueueFull('unsettled changes of one node', ANSWERS);
    const remembered: Remembered = { sequence: 0, answer: undefined, told: undefined };
    answers.set(id.counter, remembered);
    return remembered;
  }

  /** The group was not made: the next attempt is a new one. */
  forget(id: ChangeId): void {
    this.#sources.get(id.source)?.answers.delete(id.counter);
  }

  /** A record of the journal. */
  recover(id: ChangeId, sequence: number, answer: Answer): void {
    const source = this.#source(id.source);
    this.#settle(source, id.settled);
    if (id.counter >= source.settled) source.answers.set(id.counter, { sequence, answer, told: undefined });
  }

  restore(sources: Snapshot['sources']): void {
    for (const [name, settled, answers] of sources) {
      const source = this.#source(name);
      source.settled = Math.max(source.settled, settled);
      for (const [counter, sequence, answer] of answers) source.answers.set(counter, { sequence, answer, told: undefined });
    }
  }

  snapshot(): Snapshot['sources'] {
    return [...this.#sources].map(([name, { settled, answers }]) => [
      name,
      settled,
      [...answers].flatMap(([counter, { sequence, answer }]) => (answer === undefined ? [] : [[counter, sequence, answer] as const])),
    ]);
  }

  #settle(source: Source, settled: number): void {
    const { answers, settled: before } = source;
    if (settled <= before) return;
    source.settled = settled;
    // One after the other, unless they are too many to be there.
    if (settled - before <= answers.size) for (let counter = before; counter < settled; counter++) answers.delete(counter);
    else for (const counter of answers.keys()) if (counter < settled) answers.delete(counter);
  }

  #source(name: string): Source {
    const known = this.#sources.get(name);
    const now = this.#now();
    if (known) {
      known.seenAt = now;
      return known;
    }
    for (const [other, { seenAt }] of this.#sources) if (now - seenAt > FORGOTTEN_MS) this.#sources.delete(other);
    const source: Source = { settled: 0, seenAt: now, answers: new Map() };
    this.#sources.set(name, source);
    return source;
  }
}
