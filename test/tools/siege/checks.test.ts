/** What the siege asks of itself: that the whole game was played, and every request answered. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OPERATIONS } from '../../../app/admin/operations/rules';
import { CREATE_ROLE, ENTER, FORWARDED, LOGIN } from '../../../app/share/commands';
import { BookKeeper, type Books } from '../../../tools/bots/books';
import { ownChecks } from '../../../tools/siege/ownchecks';
import { checkWholeGame } from '../../../tools/siege/wholegame';

const counts = (done: number, refused = 0, lost = 0) => ({ done, refused, failed: 0, lost });
const everything = () =>
  Object.fromEntries([LOGIN, CREATE_ROLE, ENTER, ...FORWARDED, ...OPERATIONS, 'recharge'].map((command) => [command, counts(1)]));
const LONG = { bots: 60, minutes: 2 };

describe('the whole game', () => {
  it('was played when each command and each operation was done once', () => {
    assert.deepEqual(checkWholeGame(everything(), LONG).wrong, []);
  });

  it('was not when one was always refused, or never asked for', () => {
    const { 2322: _shop, ...rest } = everything();
    const commands = { ...rest, 2330: counts(0, 7), addPet: counts(0, 1, 2) };
    assert.deepEqual(checkWholeGame(commands, LONG).wrong, [
      '2322: never asked for',
      '2330: 7 refused, 0 failed, 0 lost, none done',
      'addPet: 1 refused, 0 failed, 2 lost, none done',
    ]);
  });

  it('is not asked for of few bots, or in a short time', () => {
    for (const short of [
      { bots: 59, minutes: 10 },
      { bots: 500, minutes: 1.9 },
    ]) {
      const { seen, wrong } = checkWholeGame({}, short);
      assert.deepEqual(wrong, []);
      assert.match(seen, /^0 of \d+; not asked of less than 60 bots and 2 minutes$/);
    }
  });
});

describe('a siege', () => {
  const books = (commands: Books['commands']): Books => {
    const keeper = new BookKeeper();
    keeper.note(1, 'campaign', 'done');
    return keeper.books(4_000, commands);
  };
  const broken = (commands: Books['commands'], bans: number, options = { bots: 1, patience: 5 }) =>
    ownChecks({ code: 0, books: books(commands), bans }, options).flatMap(({ wrong }) => wrong);

  it('is right when every bot was answered, but for those who were banned just then', () => {
    assert.deepEqual(broken({ 105: counts(9, 0, 1), 4501: counts(9, 0, 1), addPet: counts(3, 0, 8) }, 2), []);
    assert.deepEqual(broken({ 105: counts(9, 0, 1), 4501: counts(9, 0, 1) }, 1), ['1 of command 105', '1 of command 4501']);
  });

  it('is not when a bot has not played, or has waited too long', () => {
    assert.deepEqual(broken({}, 0, { bots: 2, patience: 5 }), ['1 of 2 bots have traded']);
    assert.deepEqual(broken({}, 0, { bots: 1, patience: 3 }), ['a bot had no success for 4.0 s']);
  });
});
