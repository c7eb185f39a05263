/** Where the figures come from: the tables themselves, as they are at this moment. */
import { db, type SqlValue } from 'firefly-ts';
import { DAYS_A_PAGE, type Day, dayAfter, dayRecord, type Income, NO_INCOME, NO_SPENDING, type Spending } from './rules';

/** The whole game in four numbers. */
export async function totals() {
  const [accounts, roles, paid] = await Promise.all([
    rows('SELECT COUNT(*) AS n FROM tb_register'),
    rows('SELECT COUNT(*) AS n FROM tb_character'),
    rows('SELECT COUNT(DISTINCT uid) AS payers, SUM(rbm) AS income FROM tb_recharge WHERE boo = 1'),
  ]);
  return {
    reg_cnt: Number(accounts[0]?.n ?? 0),
    role_cnt: Number(roles[0]?.n ?? 0),
    fu_cnt: Number(paid[0]?.payers ?? 0),
    income: Number(paid[0]?.income ?? 0),
  };
}

/** A page of days, newest first. */
export async function dayRecords(page: number) {
  const found = await rows(
    'SELECT id, recorddate, high, createrole, loginuser, onlineaverage, onlinetotal FROM tb_statistics ORDER BY recorddate DESC LIMIT ? OFFSET ?',
    [DAYS_A_PAGE, (page - 1) * DAYS_A_PAGE],
  );
  const days = found.map(
    (row): Day => ({
      id: Number(row.id),
      recorddate: String(row.recorddate).slice(0, 10),
      high: Number(row.high),
      createrole: Number(row.createrole),
      loginuser: Number(row.loginuser),
      onlineaverage: Number(row.onlineaverage),
      onlinetotal: Number(row.onlinetotal),
    }),
  );
  const newest = days[0]?.recorddate;
  const oldest = days.at(-1)?.recorddate;
  if (newest === undefined || oldest === undefined) return [];
  const [income, spending] = await Promise.all([incomeByDay(oldest, newest), spendingByDay(oldest, newest)]);
  return days.map((day) => dayRecord(day, income.get(day.recorddate) ?? NO_INCOME, spending.get(day.recorddate) ?? NO_SPENDING));
}

async function incomeByDay(from: string, to: string): Promise<Map<string, Income>> {
  const found = await rows(
    `SELECT DATE(rtime) AS day, SUM(rbm) AS income, COUNT(DISTINCT uid) AS payers FROM tb_recharge
      WHERE boo = 1 AND rtime >= ? AND rtime < ? GROUP BY DATE(rtime)`,
    [from, dayAfter(to)],
  );
  return new Map(found.map((row) => [String(row.day), { income: Number(row.income), payers: Number(row.payers) }]));
}

async function spendingByDay(from: string, to: string): Promise<Map<string, Spending>> {
  const found = await rows(
    `SELECT DATE(recordDate) AS day, SUM(spendGold) AS gold, COUNT(DISTINCT characterId) AS spenders FROM tb_bill
      WHERE recordDate >= ? AND recordDate < ? GROUP BY DATE(recordDate)`,
    [from, dayAfter(to)],
  );
  return new Map(found.map((row) => [String(row.day), { gold: Number(row.gold), spenders: Number(row.spenders) }]));
}

async function rows(sql: string, params: readonly SqlValue[] = []) {
  return (await db.query(sql, params, { fresh: true })).rows;
}
