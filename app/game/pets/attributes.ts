/** What a pet can do in a fight, from its growth and level; and how good its growth is. Pure. */
import type { Growth } from '../../data/pets';

export interface PetAttributes {
  readonly maxHp: number;
  readonly phyAtt: number;
  readonly migAtt: number;
  readonly phyDef: number;
  readonly migDef: number;
  readonly speed: number;
  readonly hitRate: number;
  readonly dodge: number;
  readonly critRate: number;
}

/** Growth is in points for so many levels. */
const LEVELS_A_GROWTH = 20;

/** Sums of growths below which a pet is of quality 1, 2 and 3. */
const QUALITY_BOUNDS = [80, 100, 120];

/** A pet has a hit point at least: the first levels of the lowest grades would have none. */
export function petAttributes(growth: Growth, level: number): PetAttributes {
  const points = (of: number) => Math.floor((of * level) / LEVELS_A_GROWTH);
  const { str, vit, wis } = { str: points(growth.str), vit: points(growth.vit), wis: points(growth.wis) };
  return {
    maxHp: Math.max(vit * 18, 1),
    phyAtt: str * 7,
    migAtt: wis * 7,
    phyDef: vit * 3,
    migDef: vit * 3,
    speed: ((growth.dex * level) / LEVELS_A_GROWTH) * 5,
    hitRate: 100,
    dodge: 5,
    critRate: 5,
  };
}

/** 1 to 4. */
export function petQuality({ str, vit, dex, wis }: Growth): number {
  return 1 + QUALITY_BOUNDS.filter((bound) => str + vit + dex + wis >= bound).length;
}
