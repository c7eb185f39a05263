/**
 * The door in front of a store's connections: a fixed number inside, a bounded queue before it, a deadline for each that waits.
 */
import { QueueFull, StoreDown } from '../../errors';

interface Waiter {
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class Gate {
  readonly #name: string;
  readonly #bound: number;
  readonly #queue = new Set<Waiter>();
  readonly #slots: number;
  #free: number;
  #closed = false;
  #allOut: (() => void) | undefined;

  /** @param bound how many may wait */
  constructor(name: string, slots: number, bound: number) {
    this.#name = name;
    this.#slots = slots;
    this.#free = slots;
    this.#bound = bound;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Resolves when a slot is the caller's, in arrival order; the caller must `leave`. @throws QueueFull, StoreDown after `ms` or when closed */
  enter(ms: number): Promise<void> | undefined {
    if (this.#closed) throw new StoreDown(`${this.#name} is closed`);
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    if (this.#queue.size >= this.#bound) throw new QueueFull(`${this.#name}: statements that wait`, this.#bound);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        enter: resolve,
        refuse: reject,
        timer: setTimeout(() => {
          this.#queue.delete(waiter);
          reject(
            new StoreDown(`${this.#name}: no connection was free for ${ms} ms; is a transaction held open, or the store used inside one?`),
          );
        }, ms),
      };
      this.#queue.add(waiter);
    });
  }

  /** Gives the slot to the next in the queue. */
  leave(): void {
    const [next] = this.#queue;
    if (!next) {
      this.#free += 1;
      if (this.#free === this.#slots) this.#allOut?.();
      return;
    }
    this.#queue.delete(next);
    clearTimeout(next.timer);
    next.enter();
  }

  /** Refuses all that wait and all that come, and waits for those inside. @returns false when some were still inside after `ms` */
  async close(ms: number): Promise<boolean> {
    this.#closed = true;
    for (const waiter of this.#queue) {
      clearTimeout(waiter.timer);
      waiter.refuse(new StoreDown(`${this.#name} was closed`));
    }
    this.#queue.clear();
    if (this.#free === this.#slots) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#allOut = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
