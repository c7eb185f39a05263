/** What a service holds: functions, and where each was registered. */
import { relative } from 'node:path';

/** A handler. Its parameters are what the caller sends; what it returns, or what its promise settles to, is the answer. */
export type Target = (...args: never[]) => unknown;

/** A target and the place in the source that registered it, as `file:line`. */
export interface Registered {
  readonly target: Target;
  /** Absolute file of the registration; empty when it cannot be told. */
  readonly file: string;
  readonly line: number;
}

const FRAMEWORK = `${__dirname.replace(/services$/, '')}`;

/** Finds the line outside the framework that is registering right now. Slow; for registration only. */
export function placeOfCaller(): { file: string; line: number } {
  for (const line of (new Error().stack ?? '').split('\n').slice(1)) {
    const found = /^\s*at (?:.* \()?(?:async )?((?:\/|[A-Za-z]:\\).*):(\d+):\d+\)?$/.exec(line);
    const file = found?.[1];
    if (file && !file.startsWith(FRAMEWORK)) return { file, line: Number(found[2]) };
  }
  return { file: '', line: 0 };
}

/** A place for a person: relative to the working directory. */
export function describePlace(place: { file: string; line: number }): string {
  return place.file ? `${relative(process.cwd(), place.file)}:${place.line}` : 'an unknown place';
}
