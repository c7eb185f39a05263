import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countRegistration, mayRegister, readCredentials } from '../../../app/gate/accounts/rules';
import { Refused } from '../../../app/share/refused';
import { ClientRequest } from '../../../app/share/request';

const read = (fields: object) => readCredentials(new ClientRequest(Buffer.from(JSON.stringify(fields))));

describe('credentials', () => {
  it('are two texts', () => {
    assert.deepEqual(read({ password: 'chenee', username: 'chenee' }), { username: 'chenee', password: 'chenee' });
    for (const fields of [{}, { username: 'a' }, { username: 1, password: 'a' }, { username: 'a', password: null }]) {
      assert.throws(() => read(fields), Refused);
    }
    assert.throws(() => read({ username: 'x'.repeat(256), password: 'a' }), Refused);
  });
});

describe('an account made at login', () => {
  const may = (username: string, password: string) => mayRegister({ username, password });

  it('has a name and a password of 4 to 11 characters', () => {
    assert.equal(may('chenee', 'chenee'), true);
    assert.equal(may('abcd', '12345678901'), true);
    assert.equal(may('火蝇游戏', '密码密码'), true);
    assert.equal(may('abc', 'chenee'), false);
    assert.equal(may('chenee', 'abc'), false);
    assert.equal(may('123456789012', 'chenee'), false);
    assert.equal(may('chenee', '123456789012'), false);
  });

  it('has a name that looks like no other', () => {
    for (const name of [' chenee', 'chenee ', 'che\nnee', 'che\u200bnee', 'chenee\ud800'])
      assert.equal(may(name, 'chenee'), false, JSON.stringify(name));
  });

  it('is one of a bounded number in a minute', () => {
    const registrations = { minute: 0, count: 0 };
    for (let i = 0; i < 3; i += 1) countRegistration(registrations, 3, 60_000 + i);
    assert.throws(
      () => countRegistration(registrations, 3, 119_999),
      (error) => error instanceof Refused && error.key === 'tooManyRegistrations',
    );
    countRegistration(registrations, 3, 120_000);
    assert.equal(registrations.count, 1);
  });
});
