/** The formation: nine places, and who stands there. Pure. */
import { Refused } from '../../share/refused';

/** Who stands at places 1 to 9, from index 0. The hero is always among them. */
export type Places = readonly number[];

/** A place where nobody stands. Else its number is the hero, the id of a pet, or, below those, of a hired player. */
export const EMPTY_PLACE = -1;
export const HERO = 0;
const FIRST_PET = 3_000_000;

/** What clients call `chatype`. */
export const UNIT_KINDS = { hero: 1, hired: 2, pet: 3 } as const;
export type UnitKind = (typeof UNIT_KINDS)[keyof typeof UNIT_KINDS];

export interface PlacedUnit {
  /** 1 to 9. */
  readonly position: number;
  readonly kind: UnitKind;
  /** 0 for the hero. */
  readonly id: number;
}

export type Joining =
  | { readonly kind: typeof UNIT_KINDS.hired; readonly id: number }
  | { readonly kind: typeof UNIT_KINDS.pet; readonly id: number; readonly level: number };

const PLACES = 9;

/** A pet's level is less than this above its hero's. */
const PET_AHEAD = 5;

/** The formation of a new character: alone, in the middle. */
export const FIRST_FORMATION: Places = Array.from({ length: PLACES }, (_, at) => (at === 4 ? HERO : EMPTY_PLACE));

/** Who stands where, in the order of the places. */
export function unitsIn(places: Places): PlacedUnit[] {
  return places.flatMap((id, at) => (id === EMPTY_PLACE ? [] : [{ position: at + 1, kind: kindOf(id), id }]));
}

/**
 * Puts a unit into the formation; whoever stands at that place leaves it. That the unit is the player's own is checked before.
 *
 * @throws Refused when the pet is too strong for its hero, the unit is in the formation, or the place is taken for good
 */
export function join(places: Places, unit: Joining, position: number, heroLevel: number): Places {
  if (unit.kind === UNIT_KINDS.pet && unit.level - heroLevel >= PET_AHEAD) throw new Refused('petLevelTooHigh');
  if (places.includes(unit.id)) throw new Refused('alreadyPlaced');
  const there = unitAt(places, position);
  if (there === HERO) throw new Refused('heroStays');
  const isFull = !places.includes(EMPTY_PLACE);
  if (isFull && kindOf(there) !== UNIT_KINDS.pet) throw new Refused('formationFull');
  return places.with(position - 1, unit.id);
}

/** Takes a unit out. @throws Refused when nobody is there, or it is the hero */
export function leave(places: Places, position: number): Places {
  const there = unitAt(places, position);
  if (there === EMPTY_PLACE) throw new Refused('placeEmpty');
  if (there === HERO) throw new Refused('heroStays');
  return places.with(position - 1, EMPTY_PLACE);
}

/** Moves a unit; whoever stands there comes to its place. @throws Refused when nobody is to be moved */
export function move(places: Places, from: number, to: number): Places {
  const moving = unitAt(places, from);
  const there = unitAt(places, to);
  if (moving === EMPTY_PLACE) throw new Refused('placeEmpty');
  return places.with(from - 1, there).with(to - 1, moving);
}

/** Takes out a unit that is gone, wherever it stands. */
export function without(places: Places, id: number): Places {
  return id === HERO ? places : places.map((there) => (there === id ? EMPTY_PLACE : there));
}

function kindOf(id: number): UnitKind {
  if (id === HERO) return UNIT_KINDS.hero;
  return id < FIRST_PET ? UNIT_KINDS.hired : UNIT_KINDS.pet;
}

/** @throws Refused when there is no such place */
function unitAt(places: Places, position: number): number {
  const there = Number.isInteger(position) && position <= PLACES ? places[position - 1] : undefined;
  if (there === undefined) throw new Refused('placeWrong');
  return there;
}
