import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBooks } from '../../../tools/audit/books';
import { BookKeeper, type Reason } from '../../../tools/bots/books';
import type { Outcome } from '../../../tools/bots/tally';
import { ADA, BEN, line, village } from './village';

type Noted = readonly [character: number, reason: Reason, outcome: Outcome, hasChanged?: boolean];

function broken(...noted: readonly Noted[]): string[] {
  const keeper = new BookKeeper();
  for (const one of noted) keeper.note(...one);
  return checkBooks(village(), keeper.books(0)).flatMap(({ wrong }) => wrong);
}

/** What the village's ledger has of what bots do. */
const TRADES: readonly Noted[] = [
  [ADA, 'hire', 'done'],
  [ADA, 'petShop', 'done'],
  [ADA, 'use', 'done'],
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
    const keeper = new BookKeeper();
    for (const one of lost) keeper.note(...one);
    const wrong = checkBooks(estate, keeper.books(0)).flatMap((check) => check.wrong);
    assert.deepEqual(wrong, [`character ${ADA}, hire: 0 acknowledged, 1 unknown, 2 in the ledger`]);
  });
});
