/** Records that are written and synced together, and the promises of all who wait for that. */
import type { JournalDown, JournalFull } from '../../errors';
import { BEGINS_WRITE, RECORD } from './frame';
import { FrameBuffer } from './framebuffer';

/** One promise for all who wait, made when somebody does. */
class Wait {
  #promise: Promise<void> | undefined;
  #resolve: (() => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  get promise(): Promise<void> {
    this.#promise ??= new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    return this.#promise;
  }

  resolve(): void {
    this.#resolve?.();
  }

  /** Who waits from now on gets another promise. */
  reject(error: Error): void {
    this.#reject?.(error);
    this.clear();
  }

  clear(): void {
    this.#promise = undefined;
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}

export class Batch {
  readonly #frames: FrameBuffer;
  /** Set when the batch is the first of a segment: that one's first sequence, and what it begins with. */
  begins: { readonly first: number; readonly snapshot: Buffer } | undefined;
  #seed: number;
  #since = 0;
  #records = 0;
  #last = 0;
  readonly #settled = new Wait();
  readonly #settledIfRoom = new Wait();
  #failed: JournalDown | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#frames = new FrameBuffer(seed);
  }

  get seed(): number {
    return this.#seed;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#frames.bytes;
  }

  /** When the first record came, by `performance.now()`. */
  get since(): number {
    return this.#since;
  }

  /** Sequence of the last record. */
  get last(): number {
    return this.#last;
  }

  add(sequence: number, payload: Buffer): void {
    if (this.#records === 0) this.#since = performance.now();
    this.#frames.add(this.#records === 0 ? RECORD | BEGINS_WRITE : RECORD, sequence, payload);
    this.#records += 1;
    this.#last = sequence;
  }

  buffers(): Buffer[] {
    return this.#frames.buffers();
  }

  /** Settles with the batch. @param ifRoom rejects when there is no room for it */
  settled(ifRoom = false): Promise<void> {
    if (this.#failed) return Promise.reject(this.#failed);
    return (ifRoom ? this.#settledIfRoom : this.#settled).promise;
  }

  resolve(): void {
    this.#settled.resolve();
    this.#settledIfRoom.resolve();
  }

  /** It waits for room. */
  delay(error: JournalFull): void {
    this.#settledIfRoom.reject(error);
  }

  /** For good. */
  reject(error: JournalDown): void {
    this.#failed = error;
    this.#settled.reject(error);
    this.#settledIfRoom.reject(error);
  }

  /** Empties it for the next records, which go to a segment with that seed. */
  clear(seed: number): void {
    this.#seed = seed;
    this.#frames.clear(seed);
    this.#records = 0;
    this.#last = 0;
    this.#settled.clear();
    this.#settledIfRoom.clear();
  }
}
