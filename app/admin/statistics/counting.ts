/** What is counted of a day, sample by sample. Pure. */
import type { DayCount } from '../../share/tables';

/** How the game is at one moment. */
export interface Sample {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly online: number;
  /** Roles made, and accounts logged in, on this day so far. */
  readonly roles: number;
  readonly logins: number;
}

/** `2026-01-31` is 20260131. */
export function idOfDay(day: string): number {
  return Number(day.replaceAll('-', ''));
}

/** The day with one more sample in it. A minute counts once, whoever samples it and however often. */
export function counted(before: DayCount | null, day: string, { minute, online, roles, logins }: Sample): DayCount {
  const { high, loginuser, onlinetotal, minutes, lastminute } = before ?? {
    high: 0,
    loginuser: 0,
    onlinetotal: 0,
    minutes: 0,
    lastminute: 0,
  };
  const isNew = minute > lastminute;
  const total = onlinetotal + (isNew ? online : 0);
  const all = minutes + (isNew ? 1 : 0);
  return {
    id: idOfDay(day),
    recorddate: day,
    high: Math.max(high, online),
    createrole: roles,
    // Who logs in after midnight is no more found on the day before.
    loginuser: Math.max(loginuser, logins),
    onlinetotal: total,
    onlineaverage: Math.round(total / all),
    minutes: all,
    lastminute: Math.max(lastminute, minute),
  };
}
