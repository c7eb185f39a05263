/** What a unit does when its turn comes. */
import type { Skill } from '../../data/skills';
import type { Random } from '../random';
import { bleeding, countDown, type View, viewOf } from './buffs';
import { hit } from './hit';
import { actionEntry, bleedingEntry, hitEntry, type StepEntry } from './report';
import type { Side } from './sides';
import { targetsOf } from './targets';
import { MAX_POWER, type Unit } from './unit';

export interface Field {
  readonly own: Side;
  readonly enemy: Side;
  readonly random: Random;
}

/** The steps of one turn: what its buffs take from the unit, and what it does if that leaves it alive. */
export function act(unit: Unit, field: Field): StepEntry[] {
  // Buffs that end with this turn still hold in it.
  const view = viewOf(unit);
  const bled = bleed(unit);
  countDown(unit);
  if (!unit.isAlive) {
    field.own.buryDead();
    return bled;
  }
  const done = useSkill(unit, view, field);
  for (let at = 0; at < unit.cooldowns.length; at++) unit.cooldowns[at] = Math.max((unit.cooldowns[at] ?? 0) - 1, 0);
  return [...bled, ...done];
}

function bleed(unit: Unit): StepEntry[] {
  const damage = bleeding(unit);
  if (damage <= 0) return [];
  const before = unit.hp;
  unit.changeHp(-damage);
  return [bleedingEntry(hitEntry(unit, -damage, before))];
}

function useSkill(unit: Unit, view: View, { own, enemy, random }: Field): StepEntry[] {
  if (view.isSilenced) return [];
  const active = readySkill(unit);
  const skill = active ?? unit.fighter.ordinarySkill;
  const targets = targetsOf(unit, skill, own, enemy);
  if (targets.length === 0) return [];
  const isOrdinary = active === undefined;
  const before = unit.hp;
  // Paid first: the skill may drain the one who uses it.
  pay(unit, active);
  const hits = targets.map((target) => hit({ attacker: unit, view, skill, isOrdinary }, target, random));
  enemy.buryDead();
  return [actionEntry(unit, before, skill.id, isOrdinary, hits)];
}

/** The skill whose turn it is, if it can be used. */
function readySkill({ fighter, next, cooldowns, power }: Unit): Skill | undefined {
  const skill = fighter.skills[next];
  return skill && cooldowns[next] === 0 && power >= skill.power ? skill : undefined;
}

/** An ordinary attack costs nothing. What costs nothing gains power, the more the faster the unit is for its level. */
function pay(unit: Unit, active: Skill | undefined): void {
  const { fighter } = unit;
  // This turn counts as the first of the cooldown.
  if (active) unit.cooldowns[unit.next] = active.cooldown + 1;
  if (fighter.skills.length > 0) unit.next = (unit.next + 1) % fighter.skills.length;
  const cost = active?.power ?? 0;
  const gain = cost === 0 ? Math.floor((fighter.speed * 2) / fighter.level) : 0;
  unit.power = Math.min(unit.power - cost + gain, MAX_POWER);
}
