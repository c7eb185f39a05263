/** Levels and experience. Pure. */
import { EXPERIENCE_TO_LEAVE, MAX_LEVEL } from '../../data/experience';

export interface Progress {
  readonly level: number;
  readonly exp: number;
}

/** Experience that leads from this level to the next. */
export function experienceToLeave(level: number, curve = EXPERIENCE_TO_LEAVE): number {
  return curve[Math.min(Math.max(level, 1), MAX_LEVEL)] ?? 0;
}

/**
 * Adds experience; what is more than a level needs counts for the next. The last level keeps what it had and takes no more.
 *
 * @param curve what each level needs, by level: a player's unless it says otherwise
 */
export function gainExperience(from: Progress, gain: number, curve = EXPERIENCE_TO_LEAVE): Progress {
  let { level, exp } = from;
  if (gain <= 0 || level >= MAX_LEVEL) return from;
  exp += gain;
  for (let needed = experienceToLeave(level, curve); exp >= needed && level < MAX_LEVEL; needed = experienceToLeave(level, curve)) {
    exp -= needed;
    level += 1;
  }
  return { level, exp };
}
