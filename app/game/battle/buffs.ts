/** Buffs in a battle: how they are put on a unit, what they do to it, and when they end. */
import type { Buff } from '../../data/buffs';
import type { Unit } from './unit';

/** What its buffs leave of a unit. */
export interface View {
  readonly phyAtt: number;
  readonly phyDef: number;
  readonly isSilenced: boolean;
}

/** A unit with the effects of its buffs. How often a buff is stacked makes no difference. */
export function viewOf({ fighter, buffs }: Unit): View {
  const view = { phyAtt: fighter.phyAtt, phyDef: fighter.phyDef, isSilenced: false };
  for (const { buff } of buffs) {
    const { effect } = buff;
    if (effect.kind === 'scale') view[effect.attribute] *= effect.factor;
    else if (effect.kind === 'silence') view.isSilenced = true;
  }
  return view;
}

/** Puts a buff on a unit. One that it has already starts again and is stacked; one of the same type gives way unless it is stacked higher. */
export function addBuff(unit: Unit, buff: Buff, from: Unit): void {
  if (buff.effect.kind === 'drain') unit.power = 0;
  const same = unit.buffs.find((holding) => holding.buff.id === buff.id);
  if (same) {
    same.remaining = fullTime(buff);
    same.stack = Math.min(same.stack + 1, buff.maxStack);
    return;
  }
  const rival = unit.buffs.find((holding) => holding.buff.type === buff.type);
  if (rival && rival.stack > 1) {
    rival.stack = Math.min(rival.stack + 1, rival.buff.maxStack);
    return;
  }
  unit.buffs = [...unit.buffs.filter((holding) => holding !== rival), { buff, stack: 1, remaining: fullTime(buff), from }];
}

/** What the buffs of a unit take from it before its action: the sum of all that bleed it. */
export function bleeding(unit: Unit): number {
  let damage = 0;
  for (const { buff, from } of unit.buffs) if (buff.effect.kind === 'bleed') damage += viewOf(from).phyAtt * buff.effect.factor;
  return Math.ceil(damage);
}

/** An action of the unit has come: each of its buffs has one less to go. */
export function countDown(unit: Unit): void {
  for (const holding of unit.buffs) holding.remaining -= 1;
  unit.buffs = unit.buffs.filter(({ remaining }) => remaining > 0);
}

/** The action in which a buff is counted down is still under it, hence the one more. */
function fullTime(buff: Buff): number {
  return buff.rounds + 1;
}
