import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readProfession, readRoleName } from '../../../app/gate/roles/rules';
import { Refused } from '../../../app/share/refused';

const refused = (key: string) => (error: unknown) => error instanceof Refused && error.key === key;

describe('a new role', () => {
  it('has profession 1 to 6, given as a number or its text', () => {
    assert.equal(readProfession(1), 1);
    assert.equal(readProfession('6'), 6);
    for (const value of [0, 7, -1, 1.5, '0', '7', '1.5', ' 1', '', 'x', null, undefined, true, [1], {}, Number.NaN]) {
      assert.throws(() => readProfession(value), refused('profession_error'), String(value));
    }
  });

  it('has a name of 2 to 20 characters', () => {
    assert.equal(readRoleName('萤火'), '萤火');
    assert.equal(readRoleName('x'.repeat(20)), 'x'.repeat(20));
    assert.equal(readRoleName('😀'.repeat(20)), '😀'.repeat(20));
    for (const value of ['', 'x', 'x'.repeat(21), 7, null, undefined, ['ab']])
      assert.throws(() => readRoleName(value), refused('yhm_buhege'));
  });

  it('has no name that is forbidden or looks like another', () => {
    for (const value of ['The Admin', 'ADMIN1', '系统消息', ' ab', 'ab ', 'a\tb', 'a\u200bb', 'a\ud800b']) {
      assert.throws(() => readRoleName(value), refused('yhm_feifa'), JSON.stringify(value));
    }
  });

  it('has the same name however its accents were typed', () => {
    assert.equal(readRoleName('Zoe\u0301'), readRoleName('Zo\u00e9'));
  });
});
