/** What the players of a run saw. */
export class Tally {
  sent = 0;
  answered = 0;
  /** Frames that nobody had asked for, such as an answer that came twice. */
  duplicates = 0;
  /** Answers that came in place of that to an earlier request. */
  misplaced = 0;
  slowestMs = 0;
  pushesAsked = 0;
  pushesReceived = 0;
  pushDuplicates = 0;
  connectionsBroken = 0;
  /** Clients that were told that the cluster stops, at the very end. */
  told = 0;
  /** Answers that say failure, by their message. */
  readonly failures = new Map<string, number>();
  /** Slowest answers a second, with when: to see which restart it was. */
  readonly #slow: { at: number; ms: number; command: number }[] = [];

  answer(command: number, ms: number): void {
    this.answered += 1;
    if (ms > this.slowestMs) this.slowestMs = ms;
    if (ms < 1_000) return;
    this.#slow.push({ at: Date.now(), ms, command });
  }

  failed(message: string): void {
    this.failures.set(message, (this.failures.get(message) ?? 0) + 1);
  }

  /** How many answers took a second or longer. */
  get slow(): number {
    return this.#slow.length;
  }

  /** Requests without an answer, and answers that say failure. */
  get lost(): number {
    let failed = 0;
    for (const count of this.failures.values()) failed += count;
    return this.sent - this.answered + failed;
  }
}
