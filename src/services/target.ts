/** What a service holds: functions, and where each was registered. */
import { type Place, placeIn } from '../place';

export { describePlace, type Place } from '../place';

/** A handler. Its parameters are what the caller sends; what it returns, or what its promise settles to, is the answer. */
export type Target = (...args: never[]) => unknown;

/** A target and the place that registered it. */
export interface Registered extends Place {
  readonly target: Target;
}

/** Finds the line of the game that is registering right now. Slow; for registration only. */
export function placeOfCaller(): Place {
  return placeIn(new Error().stack ?? '') ?? { file: '', line: 0 };
}
