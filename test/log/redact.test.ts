import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideSecrets } from '../../src/log/redact';

describe('a secret in a log line', () => {
  it('is hidden at any depth and in lists, and the object itself stays as it is', () => {
    const config = Object.freeze({ db: Object.freeze({ user: 'u', password: 'p' }), list: [{ Token: 1 }], secret: ['a'] });
    assert.deepEqual(hideSecrets(config), { db: { user: 'u', password: '[secret]' }, list: [{ Token: '[secret]' }], secret: '[secret]' });
    assert.equal(config.db.password, 'p');
  });

  it('costs no copy where there is none', () => {
    const fields = { a: { b: [1] }, when: new Date(), error: new Error('e'), token: undefined };
    assert.equal(hideSecrets(fields), fields);
  });

  it('cannot hide in what is too deep or goes round', () => {
    const round: Record<string, unknown> = { password: 'p' };
    round.self = round;
    assert.doesNotMatch(JSON.stringify(hideSecrets({ round })), /"p"/);
  });
});
