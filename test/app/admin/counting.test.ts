import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counted } from '../../../app/admin/statistics/counting';

const DAY = '2026-01-31';

describe('the count of a day', () => {
  it('begins with the first sample', () => {
    assert.deepEqual(counted(null, DAY, { minute: 1000, online: 4, roles: 2, logins: 3 }), {
      id: 20260131,
      recorddate: DAY,
      high: 4,
      createrole: 2,
      loginuser: 3,
      onlineaverage: 4,
      onlinetotal: 4,
      minutes: 1,
      lastminute: 1000,
    });
  });

  it('has the peak of all samples, and each minute once', () => {
    const first = counted(null, DAY, { minute: 1000, online: 4, roles: 2, logins: 3 });
    const same = counted(first, DAY, { minute: 1000, online: 9, roles: 2, logins: 3 });
    assert.deepEqual([same.high, same.onlinetotal, same.minutes], [9, 4, 1]);
    const next = counted(same, DAY, { minute: 1001, online: 1, roles: 5, logins: 6 });
    assert.deepEqual([next.high, next.onlinetotal, next.minutes, next.onlineaverage], [9, 5, 2, 3]);
    assert.deepEqual([next.createrole, next.loginuser, next.lastminute], [5, 6, 1001]);
    const earlier = counted(next, DAY, { minute: 999, online: 1, roles: 5, logins: 6 });
    assert.deepEqual([earlier.onlinetotal, earlier.lastminute], [5, 1001]);
  });

  it('keeps who logged in, also when they log in again on the next day', () => {
    const first = counted(null, DAY, { minute: 1000, online: 4, roles: 2, logins: 3 });
    assert.equal(counted(first, DAY, { minute: 1001, online: 4, roles: 2, logins: 1 }).loginuser, 3);
  });
});
