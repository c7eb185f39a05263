import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { checkPassword, hashPassword, isOutdated, NO_ACCOUNT } from '../../../app/gate/accounts/password';

describe('a password', () => {
  it('fits its own hash and no other password does', async () => {
    const stored = await hashPassword('chenee');
    assert.equal(await checkPassword('chenee', stored), true);
    assert.equal(await checkPassword('Chenee', stored), false);
    assert.equal(await checkPassword('', stored), false);
    assert.equal(isOutdated(stored), false);
  });

  it('is never stored in clear, and never twice as the same text', async () => {
    const [first, second] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
    assert.notEqual(first, second);
    assert.doesNotMatch(first, /secret/);
    assert.ok(first.length <= 255);
  });

  it('is checked with the parameters that its hash was made with', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const weak = `scrypt$1024$8$1$${salt.toString('base64')}$${scryptSync('old', salt, 32, { N: 1024, r: 8, p: 1 }).toString('base64')}`;
    assert.equal(await checkPassword('old', weak), true);
    assert.equal(await checkPassword('new', weak), false);
    assert.equal(isOutdated(weak), true);
  });

  it('in clear text from an older server still fits, and is to be replaced', async () => {
    assert.equal(await checkPassword('111111', '111111'), true);
    assert.equal(await checkPassword('111112', '111111'), false);
    assert.equal(await checkPassword('', '111111'), false);
    assert.equal(isOutdated('111111'), true);
  });

  it('that nobody has fits no account', async () => {
    for (const password of ['', 'chenee', NO_ACCOUNT]) assert.equal(await checkPassword(password, NO_ACCOUNT), false);
  });

  it('that an account does not have fits nobody, not even an empty one', async () => {
    for (const password of ['', 'null', 'undefined']) assert.equal(await checkPassword(password, ''), false);
  });
});
