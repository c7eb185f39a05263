/** Whom a skill hits. Places count 1 to 9; rows run across, front row first, and lanes run front to back. */
import type { Skill } from '../../data/skills';
import type { Side } from './sides';
import type { Unit } from './unit';

/** Where a unit looks for enemies: its own lane first. */
const LANES_FROM = [
  [0, 1, 2],
  [1, 0, 2],
  [2, 1, 0],
] as const;

const BACK_ROW = 2;

/** Targets in ascending order of their battle ids; none when that side is beaten. */
export function targetsOf(attacker: Unit, skill: Skill, own: Side, enemy: Side): readonly Unit[] {
  const isOwn = skill.target === 'own';
  const { living } = isOwn ? own : enemy;
  const nearest = isOwn ? attacker : nearestTo(attacker, living);
  return nearest ? inRange(skill.range, nearest, living) : [];
}

/** The first enemy in lane order, front to back. */
function nearestTo(attacker: Unit, living: readonly Unit[]): Unit | undefined {
  for (const lane of LANES_FROM[laneOf(attacker)] ?? []) {
    const first = living.find((unit) => laneOf(unit) === lane);
    if (first) return first;
  }
  return undefined;
}

function inRange(range: Skill['range'], nearest: Unit, living: readonly Unit[]): readonly Unit[] {
  switch (range) {
    case 'single':
      return [nearest];
    case 'all':
      return living;
    case 'lane':
      return living.filter((unit) => laneOf(unit) === laneOf(nearest));
    case 'row':
      return living.filter((unit) => rowOf(unit) === rowOf(nearest));
    case 'backRow':
    case 'backSingle': {
      const back = living.filter((unit) => rowOf(unit) === BACK_ROW);
      if (back.length === 0) return [nearest];
      return range === 'backRow' ? back : back.slice(0, 1);
    }
  }
}

function laneOf({ fighter }: Unit): number {
  return (fighter.position - 1) % 3;
}

function rowOf({ fighter }: Unit): number {
  return Math.floor((fighter.position - 1) / 3);
}
