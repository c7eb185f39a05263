/** Who may have an account, and how many may be made. Pure; the clock is passed in. */
import { Refused } from '../../share/refused';
import { type ClientRequest, hasUnseen, lengthOf } from '../../share/request';

/** An account made at login has a name and a password of this many characters. */
const MIN_LENGTH = 4;
const MAX_LENGTH = 11;

/** What the columns take; accounts made elsewhere may be longer than ours. */
const COLUMN_LENGTH = 255;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** @throws Refused when one is missing or longer than any account's */
export function readCredentials(request: ClientRequest): Credentials {
  return { username: request.text('username', COLUMN_LENGTH), password: request.text('password', COLUMN_LENGTH) };
}

/** Whether a login with an unknown name may make this account. */
export function mayRegister({ username, password }: Credentials): boolean {
  return fits(username) && fits(password) && username.trim() === username && !hasUnseen(username);
}

function fits(text: string): boolean {
  const length = lengthOf(text);
  return length >= MIN_LENGTH && length <= MAX_LENGTH;
}

/** New accounts made within the running minute. */
export interface Registrations {
  minute: number;
  count: number;
}

/** Counts one more. @throws Refused when this minute's are used up */
export function countRegistration(registrations: Registrations, perMinute: number, now: number): void {
  const minute = Math.floor(now / 60_000);
  if (registrations.minute !== minute) Object.assign(registrations, { minute, count: 0 });
  if (registrations.count >= perMinute) throw new Refused('tooManyRegistrations');
  registrations.count += 1;
}
