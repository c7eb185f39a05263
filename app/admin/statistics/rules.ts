/** The figures of a day and of the whole game. Pure. */

/** A row of tb_statistics. */
export interface Day {
  readonly id: number;
  readonly recorddate: string;
  readonly high: number;
  readonly createrole: number;
  readonly loginuser: number;
  readonly onlineaverage: number;
  readonly onlinetotal: number;
}

/** What was paid on a day, and by how many. */
export interface Income {
  readonly income: number;
  readonly payers: number;
}

/** What was spent on a day, and by how many characters. */
export interface Spending {
  readonly gold: number;
  readonly spenders: number;
}

export const NO_INCOME: Income = { income: 0, payers: 0 };
export const NO_SPENDING: Spending = { gold: 0, spenders: 0 };

/** Rows of a page of `/dayrecored`. */
export const DAYS_A_PAGE = 10;

/** The figures of one day under the names that the admin page reads. Rates are whole percents; 0 where there is nothing to divide by. */
export function dayRecord(day: Day, { income, payers }: Income, { gold, spenders }: Spending) {
  return {
    ...day,
    f_arpu: ratio(income, payers),
    z_arpu: ratio(income, day.createrole),
    pay_rate: Math.floor(ratio(payers * 100, day.loginuser)),
    r_rate: Math.floor(ratio(day.loginuser * 100, day.createrole)),
    pay_cnt: payers,
    pay_goal: income,
    cons_goal: gold,
    user_cnt: spenders,
  };
}

/** The page that a request asks for; 1 when it does not say. Undefined when it is not a page. */
export function readPage(index: string | null): number | undefined {
  if (index === null || index === '') return 1;
  return /^[1-9]\d{0,5}$/.test(index) ? Number(index) : undefined;
}

/** The day after, both `YYYY-MM-DD`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function ratio(value: number, by: number): number {
  return by === 0 ? 0 : value / by;
}
