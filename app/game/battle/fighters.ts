/** Fighters made from what the game keeps: characters, pets, and the monsters of a chapter. Pure. */
import type { Foe } from '../../data/chapters';
import type { ItemTemplate } from '../../data/items';
import type { Growth, PetTemplate } from '../../data/pets';
import type { Profession } from '../../data/professions';
import { attributesOf } from '../character/attributes';
import { equipmentBonus, equippedSkills } from '../equipment/bonus';
import { petAttributes, petQuality } from '../pets/attributes';
import type { Fighter } from './fighter';

/** Monsters have ids of their own in a battle, from here on. */
const FIRST_MONSTER = 101;

const START_POWER_OF_PETS = 40;

export interface FightingCharacter {
  readonly id: number;
  readonly name: string;
  readonly level: number;
  readonly profession: Profession;
  /** What it wears, in the order of the slots. */
  readonly worn: readonly ItemTemplate[];
}

export interface FightingPet {
  readonly id: number;
  /** Empty: its template's. */
  readonly name: string;
  readonly level: number;
  readonly template: PetTemplate;
  readonly growth: Growth;
}

/** A player, or one that is hired. */
export function characterFighter({ id, name, level, profession, worn }: FightingCharacter, position: number): Fighter {
  const { maxHp, phyAtt, phyDef, migDef, speed, hitRate, dodge, critRate } = attributesOf(profession, level, equipmentBonus(worn));
  return {
    id,
    name,
    level,
    icon: profession.id,
    quality: 0,
    position,
    maxHp,
    phyAtt,
    phyDef,
    migDef,
    speed,
    hitRate,
    dodge,
    critRate,
    power: 0,
    skills: equippedSkills(worn),
    ordinarySkill: profession.ordinarySkill,
  };
}

export function petFighter({ id, name, level, template, growth }: FightingPet, position: number): Fighter {
  const { maxHp, phyAtt, phyDef, migDef, speed, hitRate, dodge, critRate } = petAttributes(growth, level);
  return {
    id,
    name: name || template.name,
    level,
    icon: template.icon,
    quality: petQuality(growth),
    position,
    maxHp,
    phyAtt,
    phyDef,
    migDef,
    speed,
    hitRate,
    dodge,
    critRate,
    power: START_POWER_OF_PETS,
    skills: [template.skill],
    ordinarySkill: template.ordinarySkill,
  };
}

export function monsterFighters(foes: readonly Foe[]): Fighter[] {
  return foes.map(({ monster, position }, at) => ({
    id: FIRST_MONSTER + at,
    name: monster.name,
    level: monster.level,
    icon: monster.icon,
    quality: monster.quality,
    position,
    maxHp: monster.hp,
    phyAtt: monster.attack,
    phyDef: monster.defence,
    migDef: 0,
    speed: monster.speed,
    hitRate: monster.hitRate,
    dodge: monster.dodge,
    critRate: monster.critRate,
    power: 0,
    skills: monster.skills,
    ordinarySkill: monster.ordinarySkill,
  }));
}
