/** What a service holds: functions, and where each was registered. */
import { relative } from 'node:path';

/** A handler. Its parameters are what the caller sends; what it returns, or what its promise settles to, is the answer. */
export type Target = (...args: never[]) => unknown;

/** A place in the source. */
export interface Place {
  /** Absolute; empty when it cannot be told. */
  readonly file: string;
  readonly line: number;
}

/** A target and the place that registered it. */
export interface Registered extends Place {
  readonly target: Target;
}

const FRAMEWORK = `${__dirname.replace(/services$/, '')}`;

/** Finds the line outside the framework that is registering right now. Slow; for registration only. */
export function placeOfCaller(): Place {
  for (const line of (new Error().stack ?? '').split('\n').slice(1)) {
    const found = /^\s*at (?:.* \()?(?:async )?((?:\/|[A-Za-z]:\\).*):(\d+):\d+\)?$/.exec(line);
    const file = found?.[1];
    if (file && !file.startsWith(FRAMEWORK)) return { file, line: Number(found[2]) };
  }
  return { file: '', line: 0 };
}

/** A place for a person: relative to the working directory. */
export function describePlace(place: Place): string {
  return place.file ? `${relative(process.cwd(), place.file)}:${place.line}` : 'an unknown place';
}
