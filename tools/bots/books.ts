/** What bots note of their trades: how often each was acknowledged, and how often nobody knows whether it was made. */
import type { Outcome } from './tally';

/** What a bot can ask for that changes what it owns, by the ledger's word for it. */
export const REASONS = ['campaign', 'use', 'compound', 'swallow', 'petShop', 'arena', 'arenaReward', 'hire'] as const;
export type Reason = (typeof REASONS)[number];

export interface Noted {
  readonly acknowledged: number;
  /** Lost, or answered with trouble: it may have been made. */
  readonly unknown: number;
}

/** The file. */
export interface Books {
  /** The longest that a bot has been without a success. */
  readonly longestWaitMs: number;
  readonly reasons: readonly string[];
  /** By character, then by reason. */
  readonly characters: Readonly<Record<string, Readonly<Record<string, Noted>>>>;
}

export class BookKeeper {
  readonly #characters = new Map<number, Map<Reason, { acknowledged: number; unknown: number }>>();

  /** @param hasChanged whether a success has changed something: a fight may be lost */
  note(characterId: number, reason: Reason, outcome: Outcome, hasChanged = true): void {
    if (outcome === 'refused' || (outcome === 'done' && !hasChanged)) return;
    const own = this.#characters.get(characterId) ?? new Map<Reason, { acknowledged: number; unknown: number }>();
    this.#characters.set(characterId, own);
    const noted = own.get(reason) ?? { acknowledged: 0, unknown: 0 };
    own.set(reason, noted);
    noted[outcome === 'done' ? 'acknowledged' : 'unknown'] += 1;
  }

  books(longestWaitMs: number): Books {
    return {
      longestWaitMs: Math.round(longestWaitMs),
      reasons: REASONS,
      characters: Object.fromEntries([...this.#characters].map(([id, own]) => [id, Object.fromEntries(own)])),
    };
  }
}
