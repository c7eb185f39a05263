/** A pet, from its first level on. Pure. */
import type { Growth, PetTemplate } from '../../data/pets';

/** Pets that a player may have. */
export const MAX_PETS = 10;

export interface Pet {
  readonly id: number;
  readonly templateId: number;
  readonly level: number;
  readonly exp: number;
  /** What it has swallowed towards its next grade. */
  readonly energy: number;
  readonly growth: Growth;
}

/** A pet that has just come, without its id. */
export function newPet({ id, growth }: PetTemplate): Omit<Pet, 'id'> {
  return { templateId: id, level: 1, exp: 0, energy: 0, growth };
}
