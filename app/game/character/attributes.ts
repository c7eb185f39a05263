/** What a character can do in a fight, from profession, level and equipment. Pure. */
import { type EquipmentBonus, NO_EQUIPMENT } from '../../data/bonus';
import type { Profession } from '../../data/professions';

export interface Attributes {
  readonly str: number;
  readonly dex: number;
  readonly vit: number;
  readonly wis: number;
  readonly maxHp: number;
  readonly phyAtt: number;
  readonly phyDef: number;
  readonly migAtt: number;
  readonly migDef: number;
  readonly speed: number;
  readonly hitRate: number;
  readonly dodge: number;
  readonly critRate: number;
  readonly block: number;
}

/** What everybody has before dexterity and equipment. */
const BASE_SPEED = 40;
const BASE_HIT_RATE = 100;
const BASE_CRIT_RATE = 5;

/** Primary attributes of equipment count before they are converted; each step of a conversion drops its fraction. */
export function attributesOf(profession: Profession, level: number, equipment: EquipmentBonus = NO_EQUIPMENT): Attributes {
  const p = profession;
  const str = Math.trunc(level * p.perLevel.str) + equipment.str;
  const dex = Math.trunc(level * p.perLevel.dex) + equipment.dex;
  const vit = Math.trunc(level * p.perLevel.vit) + equipment.vit;
  const wis = Math.trunc(level * p.perLevel.wis) + equipment.wis;
  return {
    str,
    dex,
    vit,
    wis,
    maxHp: raised(vit * p.hpPerVit + equipment.maxHp, equipment.maxHpPercent),
    phyAtt: raised(str * p.phyAttPerStr + equipment.phyAtt, equipment.phyAttPercent),
    phyDef: raised(str * p.phyDefPerStr + vit * p.phyDefPerVit + equipment.phyDef, equipment.phyDefPercent),
    migAtt: raised(wis * p.migAttPerWis + equipment.migAtt, equipment.migAttPercent),
    migDef: raised(wis * p.migDefPerWis + vit * p.migDefPerVit + equipment.migDef, equipment.migDefPercent),
    speed: Math.trunc(dex * p.speedPerDex + equipment.speed) + BASE_SPEED,
    hitRate: BASE_HIT_RATE + equipment.hitRate,
    dodge: equipment.dodge,
    critRate: BASE_CRIT_RATE + equipment.critRate,
    block: equipment.block,
  };
}

/** A value raised by a fraction of itself. */
function raised(value: number, fraction: number): number {
  return Math.trunc(Math.trunc(value) * (1 + fraction));
}
