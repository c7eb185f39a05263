/** What a root's `doChildDrain` gets: a leaf is to be left with nothing to do. */
export interface Drain {
  /** False: the leaf is restarted, and what stays with it is held until it is back. True: it goes, and what cannot be moved has to end by itself. */
  readonly forGood: boolean;
  /** Aborted at the deadline of the drain, and when it is called off. */
  readonly signal: AbortSignal;
  /** Tells the operator how much is left there. @param note what stands in the way */
  report(left: number, note?: string): void;
}
