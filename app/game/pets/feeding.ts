/** Feeding pets to a pet for experience. Pure. */
import { PET_EXPERIENCE_TO_LEAVE } from '../../data/experience';
import { Refused } from '../../share/refused';
import { gainExperience, type Progress } from '../character/level';
import type { Pet } from './pet';

const BASE_GAIN = 100;

/** Experience for a pet, up to the last level. */
export function gainPetExperience(pet: Progress, gain: number): Progress {
  return gainExperience(pet, gain, PET_EXPERIENCE_TO_LEAVE);
}

/**
 * The pet after it has eaten others, which are gone then: half of what they had learnt, and something for each.
 *
 * @throws Refused when it would eat itself, or is not below its owner's level
 */
export function feedPet(pet: Pet, food: readonly Pet[], ownerLevel: number): Pet {
  if (food.length === 0 || food.some(({ id }, at) => id === pet.id || food.findIndex((other) => other.id === id) !== at)) {
    throw new Refused('petIsSame');
  }
  if (pet.level >= ownerLevel) throw new Refused('ownerLevelTooLow');
  const gain = food.reduce((sum, eaten) => sum + worth(eaten), 0);
  return { ...pet, ...gainPetExperience(pet, gain) };
}

function worth({ level, exp }: Progress): number {
  const learnt = PET_EXPERIENCE_TO_LEAVE.slice(1, level).reduce((sum, needed) => sum + needed, exp);
  return Math.floor((BASE_GAIN + learnt) / 2);
}
