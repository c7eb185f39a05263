/** A unit in a battle: a fighter with what changes while it fights. */
import type { Buff } from '../../data/buffs';
import type { Fighter } from './fighter';

export const MAX_POWER = 100;

/** 1: whoever started the fight. 2: the other side. */
export type Direction = 1 | 2;

/** A buff that a unit has. */
export interface Holding {
  readonly buff: Buff;
  stack: number;
  /** Actions of its holder until it is gone. */
  remaining: number;
  /** Who put it there. */
  readonly from: Unit;
}

export class Unit {
  /** 10 + place, or 20 + place: its number in the report. */
  readonly battleId: number;
  hp: number;
  power: number;
  /** Which of its skills is next. */
  next = 0;
  /** By skill: actions until it can be used again. */
  readonly cooldowns: number[];
  /** Oldest first. */
  buffs: Holding[] = [];

  constructor(
    readonly fighter: Fighter,
    readonly direction: Direction,
  ) {
    this.battleId = direction * 10 + fighter.position;
    this.hp = fighter.maxHp;
    this.power = Math.min(fighter.power, MAX_POWER);
    this.cooldowns = fighter.skills.map(() => 0);
  }

  get isAlive(): boolean {
    return this.hp > 0;
  }

  /** Hit points change at most up to the maximum; below zero shows how far a blow went beyond what was needed. */
  changeHp(by: number): void {
    this.hp = Math.min(this.hp + by, this.fighter.maxHp);
  }
}
