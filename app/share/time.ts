/** Moments as the database keeps them. */

/** `YYYY-MM-DD HH:MM:SS` in UTC. */
export function sqlTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD` in UTC. */
export function sqlDay(milliseconds: number): string {
  return sqlTime(milliseconds).slice(0, 10);
}

/** Whole seconds since 1970. */
export function unixTime(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
