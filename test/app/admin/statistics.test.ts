import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dayAfter, dayRecord, NO_INCOME, NO_SPENDING, readPage } from '../../../app/admin/statistics/rules';

const DAY = { id: 3, recorddate: '2024-02-28', high: 9, createrole: 4, loginuser: 7, onlineaverage: 5, onlinetotal: 600 };

describe('the record of a day', () => {
  it('has the rates of who paid, who came back and what one is worth', () => {
    assert.deepEqual(dayRecord(DAY, { income: 50, payers: 2 }, { gold: 30, spenders: 1 }), {
      ...DAY,
      f_arpu: 25,
      z_arpu: 12.5,
      pay_rate: 28,
      r_rate: 175,
      pay_cnt: 2,
      pay_goal: 50,
      cons_goal: 30,
      user_cnt: 1,
    });
  });

  it('has zeros where nothing happened', () => {
    const record = dayRecord({ ...DAY, createrole: 0, loginuser: 0 }, NO_INCOME, NO_SPENDING);
    assert.deepEqual([record.f_arpu, record.z_arpu, record.pay_rate, record.r_rate], [0, 0, 0, 0]);
  });
});

describe('pages of days', () => {
  it('are numbered from 1, which is the one without a number', () => {
    assert.equal(readPage(null), 1);
    assert.equal(readPage('12'), 12);
    for (const index of ['0', '-1', 'x', '1.5', '1e3', '9999999']) assert.equal(readPage(index), undefined, index);
  });

  it('end with the day after the newest, also across months', () => {
    assert.equal(dayAfter('2024-02-28'), '2024-02-29');
    assert.equal(dayAfter('2023-12-31'), '2024-01-01');
  });
});
