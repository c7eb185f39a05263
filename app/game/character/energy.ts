/** Energy: spent by fights, comes back by itself, also while the player is away. Pure. */
import { unixTime } from '../../share/time';

export const MAX_ENERGY = 30;
/** Seconds that bring one point. */
export const SECONDS_A_POINT = 1800;

/** Energy as it is stored: how much there was, and up to when (Unix seconds) points were counted. */
export interface Energy {
  readonly energy: number;
  readonly since: number;
}

/** The points of a row. @param now milliseconds */
export function energyOf({ energy, energytime }: { readonly energy: number; readonly energytime: number }, now: number): number {
  return energyAt({ energy, since: energytime }, unixTime(now)).energy;
}

/** Counts the full points up to `now`. Seconds towards the next one are kept; at the maximum none are. */
export function energyAt(stored: Energy, now: number): Energy {
  const since = Math.min(stored.since, now);
  const points = Math.floor((now - since) / SECONDS_A_POINT);
  const energy = stored.energy + points;
  if (energy >= MAX_ENERGY) return { energy: MAX_ENERGY, since: now };
  return { energy, since: since + points * SECONDS_A_POINT };
}

/** Takes `cost` points; undefined when there are not enough. */
export function spendEnergy(stored: Energy, cost: number, now: number): Energy | undefined {
  const current = energyAt(stored, now);
  return current.energy < cost ? undefined : { energy: current.energy - cost, since: current.since };
}

/** Adds points, up to the maximum. */
export function gainEnergy(stored: Energy, points: number, now: number): Energy {
  const current = energyAt(stored, now);
  return energyAt({ ...current, energy: current.energy + points }, now);
}
