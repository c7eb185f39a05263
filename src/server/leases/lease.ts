/** One lease of this node, as handler modules see it. */

export interface Lease {
  readonly name: string;
  /** Larger than that of every earlier tenure of the name, in any node. */
  readonly token: number;
  /** Whether it is this node's at this moment. */
  readonly isHeld: boolean;
  /** Gives it back. Settles when dbfront has heard of it, or cannot be reached. */
  release(): Promise<void>;
}

/** What stands behind it. */
interface Holder {
  isHeld(lease: HeldLease): boolean;
  release(lease: HeldLease): Promise<void>;
}

export class HeldLease implements Lease {
  readonly #holder: Holder;

  constructor(
    readonly name: string,
    readonly token: number,
    holder: Holder,
  ) {
    this.#holder = holder;
  }

  get isHeld(): boolean {
    return this.#holder.isHeld(this);
  }

  release(): Promise<void> {
    return this.#holder.release(this);
  }
}
