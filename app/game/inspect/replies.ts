/** A player as others see it: the answer to command 221. Pure. */
import { text } from '../../share/game';
import { type Reply, success } from '../../share/reply';
import type { FightingCharacter } from '../battle/fighters';
import { attributesOfHero } from '../character/hero';
import { equippedSkills } from '../equipment/bonus';
import { hirePrice } from '../hiring/rules';

export function inspectedPlayer(hero: FightingCharacter): Reply {
  const { phyAtt, phyDef, maxHp, speed } = attributesOfHero(hero);
  return success({
    chaid: hero.id,
    rolename: hero.name,
    icon: hero.profession.id,
    level: hero.level,
    guanqia: text('nothing'),
    skill: equippedSkills(hero.worn)[0]?.name ?? text('nothing'),
    attack: phyAtt,
    fangyu: phyDef,
    tili: maxHp,
    minjie: speed,
    price: hirePrice(hero.level),
  });
}
