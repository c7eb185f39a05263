/** Who fights: everything the rules of a battle need to know about a unit, as plain data. */
import type { Skill } from '../../data/skills';

export interface Fighter {
  /** Id of the character or pet; monsters are numbered from `FIRST_MONSTER`. */
  readonly id: number;
  readonly name: string;
  readonly level: number;
  readonly icon: number;
  /** 0 for a player. */
  readonly quality: number;
  /** Its place in the formation: 1 to 3 in front, 7 to 9 in the back row. */
  readonly position: number;
  readonly maxHp: number;
  readonly phyAtt: number;
  readonly phyDef: number;
  readonly migDef: number;
  readonly speed: number;
  readonly hitRate: number;
  readonly dodge: number;
  readonly critRate: number;
  /** What it starts with, for skills that cost power. */
  readonly power: number;
  /** Used in turn, as far as power and cooldown let it. */
  readonly skills: readonly Skill[];
  /** Used when the skill whose turn it is cannot be; costs nothing and gains power. */
  readonly ordinarySkill: Skill;
}
