/** One blow of a skill at one unit. */
import type { Skill } from '../../data/skills';
import type { Random } from '../random';
import { addBuff, type View, viewOf } from './buffs';
import { type HitEntry, hitEntry } from './report';
import type { Unit } from './unit';

export interface Attack {
  readonly attacker: Unit;
  readonly view: View;
  readonly skill: Skill;
  readonly isOrdinary: boolean;
}

/** Below this level luck adds little and armour may stop a blow. */
const HARDENED_LEVEL = 20;

/** Draws, in this order and as far as it comes: hit, spread, buff, critical. */
export function hit(attack: Attack, target: Unit, random: Random): HitEntry {
  const before = target.hp;
  const change = isHit(attack, target, random) ? 0 - whole(damageOf(attack, target, random)) : 0;
  target.changeHp(change);
  return hitEntry(target, change, before);
}

function isHit({ attacker, skill }: Attack, target: Unit, random: Random): boolean {
  const lands = random.between(1, 100) < attacker.fighter.hitRate - target.fighter.dodge;
  return lands || skill.target === 'own';
}

/** What a blow that lands takes from its target; below zero when it heals. The skill's buff lands with it. */
function damageOf(attack: Attack, target: Unit, random: Random): number {
  const { attacker, skill, isOrdinary } = attack;
  const damage = plainDamage(attack, target, random);
  if (skill.buff && random.between(0, 100) < skill.buffRate) addBuff(target, skill.buff, attacker);
  const isCritical = random.between(1, 100) < attacker.fighter.critRate && isOrdinary;
  if (!isCritical) return damage;
  return damage * (skill.attribute === 'physical' ? 2 : 1.5);
}

function plainDamage({ view, skill }: Attack, target: Unit, random: Random): number {
  const attack = skill.factor * view.phyAtt;
  if (attack <= 0) return attack;
  const damage = againstDefence(attack, skill, target, random);
  return damage < 0 ? 1 : damage;
}

function againstDefence(attack: number, skill: Skill, target: Unit, random: Random): number {
  const defence = skill.attribute === 'physical' ? viewOf(target).phyDef : target.fighter.migDef;
  if (target.fighter.level < HARDENED_LEVEL) return rounded(attack - defence) + random.between(1, 5);
  const damage = rounded(attack - defence + random.between(1, 10));
  return Math.max(damage, 10 + random.between(10, 60));
}

/** Up, but what is less than one is one. */
function whole(damage: number): number {
  return Math.abs(damage) < 1 ? Math.sign(damage) : Math.ceil(damage);
}

/** Halves away from zero. */
function rounded(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}
