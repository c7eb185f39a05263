import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBooks } from '../../../tools/audit/books';
import { BookKeeper, type Reason } from '../../../tools/bots/books';
import type { Outcome } from '../../../tools/bots/tally';
import { ADA, BEN, line, PET, village } from './village';

type Noted = readonly [character: number, reason: Reason, outcome: Outcome, hasChanged?: boolean];

function broken(...noted: readonly Noted[]): string[] {
  return brokenWith((keeper) => {
    for (const one of noted) keeper.note(...one);
  });
}

/** @param note what bots have noted. @param estate what is there */
function brokenWith(note: (keeper: BookKeeper) => void, estate = village()): string[] {
  const keeper = new BookKeeper();
  keeper.counts('victories', ADA, 'done', 1);
  note(keeper);
  return checkBooks(estate, keeper.books()).flatMap(({ wrong }) => wrong);
}

/** What the village's ledger has of what bots do. */
const TRADES: readonly Noted[] = [
  [ADA, 'hire', 'done'],
  [ADA, 'petShop', 'done'],
  [ADA, 'feedItem', 'done'],
  [ADA, 'recharge', 'done'],
];

describe('the books of bots', () => {
  it('agree with the ledger when each trade is there once', () => {
    assert.deepEqual(broken(...TRADES), []);
  });

  it('do not count what was refused, or has changed nothing', () => {
    assert.deepEqual(broken(...TRADES, [ADA, 'hire', 'refused'], [BEN, 'campaign', 'done', false]), []);
  });

  it('find an acknowledged trade that is missing', () => {
    assert.deepEqual(broken(...TRADES, [BEN, 'campaign', 'done']), [
      `character ${BEN}, campaign: 1 acknowledged, 0 unknown, 0 in the ledger`,
    ]);
  });

  it('find a trade that nobody made, also one of somebody who is not in the books', () => {
    assert.deepEqual(broken(...TRADES.slice(1)), [`character ${ADA}, hire: 0 acknowledged, 0 unknown, 1 in the ledger`]);
  });

  it('leave open what became of a trade without an answer, but not that it was made twice', () => {
    const lost = TRADES.map(([id, reason], at) => [id, reason, at === 0 ? 'lost' : 'failed'] as const);
    assert.deepEqual(broken(...lost, [BEN, 'arena', 'lost']), []);
    const estate = village();
    estate.ledger.push(line(ADA, 6, 1, 'coin', 0, -1_000, 7_500, 'hire'));
    const wrong = brokenWith((keeper) => {
      for (const one of lost) keeper.note(...one);
    }, estate);
    assert.deepEqual(wrong, [`character ${ADA}, hire: 0 acknowledged, 1 unknown, 2 in the ledger`]);
  });

  const learnt = (experience: number) => {
    const estate = village();
    Object.assign(estate.characters[1] ?? {}, { level: 2, exp: experience - 218 });
    return estate;
  };
  const trades = (keeper: BookKeeper) => {
    for (const one of TRADES) keeper.note(...one);
  };

  it('say how much a character has learnt, and how much more it may have', () => {
    const note = (keeper: BookKeeper) => {
      trades(keeper);
      keeper.counts('experience', BEN, 'done', 220);
      keeper.counts('experience', BEN, 'lost', 30);
      keeper.counts('experience', BEN, 'refused', 1_000);
    };
    for (const experience of [220, 250]) assert.deepEqual(brokenWith(note, learnt(experience)), []);
    for (const experience of [219, 251])
      assert.deepEqual(brokenWith(note, learnt(experience)), [
        `character ${BEN}, experience: 220 acknowledged, 30 unknown, and it is ${experience}`,
      ]);
  });

  it('find a victory that the log of the arena has not', () => {
    const note = (keeper: BookKeeper) => {
      trades(keeper);
      keeper.counts('victories', BEN, 'done', 1);
    };
    assert.deepEqual(brokenWith(note), [`character ${BEN}, victories: 1 acknowledged, 0 unknown, and it is 0`]);
  });

  it('know what a pet was trained to, until it may be something else', () => {
    const trained = { str: 16, vit: 26, dex: 29, wis: 0 };
    const knows = (keeper: BookKeeper) => {
      trades(keeper);
      keeper.knows(PET, trained);
      keeper.knows(7, trained);
    };
    assert.deepEqual(brokenWith(knows), [`pet ${PET} was trained to 16 26 29 0, and has 16 26 28 0`]);
    const forgets = (keeper: BookKeeper) => {
      knows(keeper);
      keeper.forgets(PET);
    };
    assert.deepEqual(brokenWith(forgets), []);
  });

  it('are one when what others have noted is taken over', () => {
    const others = new BookKeeper();
    for (const one of TRADES.slice(1)) others.note(...one);
    others.note(BEN, 'operator', 'lost');
    const note = (keeper: BookKeeper) => {
      keeper.note(...(TRADES[0] as Noted));
      keeper.takeOver(others.books());
    };
    assert.deepEqual(brokenWith(note), []);
  });
});
