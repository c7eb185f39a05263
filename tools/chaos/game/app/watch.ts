/**
 * What this node knows of each account, and the promises about reading held against it:
 * versions only rise, no row is older than one this node wrote or read, and none is older than another node's acknowledgement one lease after it.
 *
 * What counts for a read is what was known when it began.
 */
import type { Row } from 'firefly-ts';
import type { Moved } from './bank';

/** The least that a read may show. */
export interface Floor {
  version: number;
  moves: number;
}

interface Told {
  readonly moves: number;
  /** From then on it must be seen, on the clock that all processes of the machine share. */
  readonly dueAt: bigint;
}

export interface Account {
  readonly balance: number;
  readonly moves: number;
}

export class Watch {
  readonly #known = new Map<number, Floor>();
  readonly #told = new Map<number, Told[]>();
  readonly #leaseNs: bigint;
  readonly #violated: (what: string) => void;

  /** @param violated told of each promise that did not hold */
  constructor(leaseMs: number, violated: (what: string) => void) {
    this.#leaseNs = BigInt(leaseMs) * 1_000_000n;
    this.#violated = violated;
  }

  /** A transfer of this node was acknowledged. */
  wrote(moved: readonly Moved[]): void {
    for (const { account, moves } of moved) this.#raise(account, { version: 0, moves });
  }

  /** A transfer of another node was acknowledged. @param at when, on the clock that all processes share */
  told(moved: readonly Moved[], at: bigint): void {
    for (const { account, moves } of moved) {
      const told = this.#told.get(account) ?? [];
      told.push({ moves, dueAt: at + this.#leaseNs });
      this.#told.set(account, told);
    }
  }

  /** What a read that begins now may show at least. */
  floor(account: number): Floor {
    const now = process.hrtime.bigint();
    const told = this.#told.get(account) ?? [];
    const due = told.filter(({ dueAt }) => dueAt <= now);
    if (due.length > 0) {
      this.#told.set(
        account,
        told.filter(({ dueAt }) => dueAt > now),
      );
      this.#raise(account, { version: 0, moves: Math.max(...due.map(({ moves }) => moves)) });
    }
    return { ...(this.#known.get(account) ?? { version: 0, moves: 0 }) };
  }

  /** A read ended. @param floor taken before it began */
  saw(account: number, floor: Floor, version: number | undefined, row: Row): Account {
    const seen = { balance: Number(row.balance), moves: Number(row.moves) };
    if (version !== undefined && version < floor.version) this.#violated(`account ${account}: version ${version} after ${floor.version}`);
    if (seen.moves < floor.moves) this.#violated(`account ${account}: ${seen.moves} moves, version ${version}, after ${floor.moves}`);
    this.#raise(account, { version: version ?? 0, moves: seen.moves });
    return seen;
  }

  /** Reads an account that is there. */
  async account(account: number, read: () => Promise<Row | null>): Promise<Account> {
    const floor = this.floor(account);
    const row = await read();
    if (!row) throw new Error(`account ${account} is gone`);
    return this.saw(account, floor, undefined, row);
  }

  #raise(account: number, { version, moves }: Floor): void {
    const known = this.#known.get(account) ?? { version: 0, moves: 0 };
    this.#known.set(account, { version: Math.max(known.version, version), moves: Math.max(known.moves, moves) });
  }
}
