import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FIRST_FORMATION } from '../../../../app/game/formation/rules';
import { checkHire, dismissHired } from '../../../../app/game/hiring/rules';
import { refuses } from '../data';

const hirer = { characterId: 1_000_001, coin: 10_000, friends: 200 };
const candidate = { characterId: 1_000_002, level: 10, isFriend: true, isHired: false };

describe('hiring', () => {
  it('costs a thousand coins a level', () => {
    assert.equal(checkHire(hirer, candidate), 10_000);
  });

  it('says what is wrong before anything is paid', () => {
    refuses('cannotHireSelf', () => checkHire(hirer, { ...candidate, characterId: hirer.characterId }));
    refuses('playerMissing', () => checkHire(hirer, undefined));
    refuses('alreadyHired', () => checkHire(hirer, { ...candidate, isHired: true }));
    refuses('notEnoughCoins', () => checkHire(hirer, { ...candidate, level: 11 }));
    refuses('friendsFull', () => checkHire(hirer, { ...candidate, isFriend: false }));
  });

  it('is over after a fight: all who were hired leave the formation', () => {
    const places = FIRST_FORMATION.with(0, 1_000_002).with(1, 3_000_001).with(8, 1_000_003);
    assert.deepEqual(dismissHired(places), { places: FIRST_FORMATION.with(1, 3_000_001), hired: [1_000_002, 1_000_003] });
  });
});
