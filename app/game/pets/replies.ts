/** A pet as its owner's client sees it: entries of 2300, and of 221. Pure. */
import { text } from '../../share/game';
import { type Reply, success } from '../../share/reply';
import type { FightingPet } from '../battle/fighters';
import { UNIT_KINDS } from '../formation/rules';
import type { HiredPlayer } from '../hiring/rows';
import { hirePrice } from '../hiring/rules';
import { petAttributes, petQuality } from './attributes';

export type ListedPet = FightingPet & { readonly energy: number };

/** `minjie` is the quality and `exp` the energy: clients show them so. */
export function petEntry({ id, name, level, template, growth, energy }: ListedPet) {
  const { phyAtt, phyDef, maxHp } = petAttributes(growth, level);
  return {
    chaid: id,
    chatype: UNIT_KINDS.pet,
    tempid: template.id,
    rolename: name || template.name,
    icon: template.icon,
    level,
    guanqia: text('nothing'),
    skill: template.skill.name,
    attack: phyAtt,
    fangyu: phyDef,
    tili: maxHp,
    minjie: petQuality(growth),
    price: hirePrice(level),
    exp: energy,
  };
}

/** A hired player waits among the pets. What it can do shows in the fight only. */
export function hiredEntry({ id, name, level, profession }: HiredPlayer) {
  return {
    chaid: id,
    chatype: UNIT_KINDS.hired,
    tempid: profession,
    rolename: name,
    icon: profession,
    level: text('nothing'),
    guanqia: text('nothing'),
    skill: text('nothing'),
    attack: 0,
    fangyu: 0,
    tili: 0,
    minjie: 0,
    price: hirePrice(level),
    exp: 0,
  };
}

/** Answer to 2300. */
export function petListReply(pets: readonly ListedPet[], hired: readonly HiredPlayer[]): Reply {
  return success({ petlist: [...pets.map(petEntry), ...hired.map(hiredEntry)] });
}
