/** What bots, and whoever acts beside them, note of their trades: how often each was acknowledged, and how often nobody knows whether it was made. */
import type { Outcome } from './tally';

/** What changes what a character owns, by the ledger's word for it. `hired` comes of what others do, and has a check of its own. */
export const REASONS = [
  'campaign',
  'use',
  'compound',
  'feedItem',
  'swallow',
  'feedPet',
  'petShop',
  'petTraining',
  'arena',
  'arenaReward',
  'hire',
  'recharge',
  'operator',
] as const;
export type Reason = (typeof REASONS)[number];

/** What the ledger does not count, and rows show: experience that was gained, and fights of the arena that were won. */
export const FIGURES = ['experience', 'victories'] as const;
export type Figure = (typeof FIGURES)[number];

export interface Noted {
  readonly acknowledged: number;
  /** Lost, or answered with trouble: it may have been made. */
  readonly unknown: number;
}

export interface Growth {
  readonly str: number;
  readonly vit: number;
  readonly dex: number;
  readonly wis: number;
}

type ByCharacter = Readonly<Record<string, Readonly<Record<string, Noted>>>>;

/** The file. */
export interface Books {
  /** The longest that a bot has been without a success. */
  readonly longestWaitMs: number;
  readonly reasons: readonly string[];
  /** By character, then by reason. */
  readonly characters: ByCharacter;
  /** By character, then by what it is. */
  readonly figures: ByCharacter;
  /** Growths that training has given to pets, by pet; not of those of which nobody knows. */
  readonly growths: Readonly<Record<string, Growth>>;
  /** How requests ended, by command. */
  readonly commands: Readonly<Record<string, Readonly<Record<Outcome, number>>>>;
}

class Notes {
  readonly #characters = new Map<number, Map<string, { acknowledged: number; unknown: number }>>();

  add(characterId: number, name: string, outcome: Outcome, amount: number): void {
    if (outcome === 'refused' || amount === 0) return;
    const own = this.#characters.get(characterId) ?? new Map<string, { acknowledged: number; unknown: number }>();
    this.#characters.set(characterId, own);
    const noted = own.get(name) ?? { acknowledged: 0, unknown: 0 };
    own.set(name, noted);
    noted[outcome === 'done' ? 'acknowledged' : 'unknown'] += amount;
  }

  /** Takes over what is in other books. */
  takeOver(books: ByCharacter): void {
    for (const [id, own] of Object.entries(books))
      for (const [name, { acknowledged, unknown }] of Object.entries(own)) {
        this.add(Number(id), name, 'done', acknowledged);
        this.add(Number(id), name, 'lost', unknown);
      }
  }

  toJSON(): ByCharacter {
    return Object.fromEntries([...this.#characters].map(([id, own]) => [id, Object.fromEntries(own)]));
  }
}

export class BookKeeper {
  readonly #trades = new Notes();
  readonly #figures = new Notes();
  readonly #growths = new Map<number, Growth>();

  /** @param hasChanged whether a success has changed something: a fight may be lost */
  note(characterId: number, reason: Reason, outcome: Outcome, hasChanged = true): void {
    this.#trades.add(characterId, reason, outcome, outcome === 'done' && !hasChanged ? 0 : 1);
  }

  /** @param amount how much came, or how much at most when that is not known */
  counts(figure: Figure, characterId: number, outcome: Outcome, amount: number): void {
    this.#figures.add(characterId, figure, outcome, amount);
  }

  /** A pet has these growths, until somebody changes them. */
  knows(petId: number, growth: Growth): void {
    this.#growths.set(petId, growth);
  }

  /** A pet may have other growths now. */
  forgets(petId: number): void {
    this.#growths.delete(petId);
  }

  /** With what others have noted. */
  takeOver({ characters, figures, growths }: Pick<Books, 'characters' | 'figures' | 'growths'>): void {
    this.#trades.takeOver(characters);
    this.#figures.takeOver(figures);
    for (const [id, growth] of Object.entries(growths)) this.#growths.set(Number(id), growth);
  }

  books(longestWaitMs = 0, commands: Books['commands'] = {}): Books {
    return {
      longestWaitMs: Math.round(longestWaitMs),
      reasons: REASONS,
      characters: this.#trades.toJSON(),
      figures: this.#figures.toJSON(),
      growths: Object.fromEntries(this.#growths),
      commands,
    };
  }
}
