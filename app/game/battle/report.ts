/** The report of a battle, in the names that clients read. Hit points are those before a step; the client applies `enemyChangeHp`. */
import type { Holding, Unit } from './unit';

/** Beginning of the battle. What is 0 or empty is left out. */
export interface StartEntry {
  readonly chaId: number;
  readonly chaBattleId: number;
  readonly chaName: string;
  readonly chaLevel: number;
  readonly chaDirection: 1 | 2;
  readonly chaCurrentHp: number;
  readonly chaTotalHp: number;
  readonly chaPz?: number;
  readonly chaPos: number;
  readonly chaIcon?: number;
}

export interface BuffDetails {
  readonly buffId: number;
  readonly buffLayerCount: number;
  readonly buffRemainRoundCount: number;
  readonly buffEffectId: number;
  readonly buffIconId: number;
  readonly buffName: string;
  readonly buffDes: string;
}

export interface HitEntry {
  readonly enemyBattleId: number;
  readonly enemyChaId: number;
  readonly enemyActionId: number;
  /** Below zero a loss. */
  readonly enemyChangeHp: number;
  readonly enemyCurrentHp: number;
  readonly enemyTotalHp: number;
  /** The newest buff of the unit; 0: none, or it has been killed. */
  readonly enemyBuff: BuffDetails | 0;
}

/** An action, or what buffs take from a unit before its action. */
export interface StepEntry {
  /** Of the attacker; -1 when it is a buff that hurts. */
  readonly chaBattleId: number;
  readonly chaId: number;
  readonly skill: number;
  readonly actionId: number;
  readonly chaCurrentHp: number;
  readonly chaTotalHp: number;
  readonly chaExpendHp: number;
  readonly txtEffectId: number;
  readonly chaBuff: BuffDetails | 0;
  readonly enemyChaArr: readonly HitEntry[];
}

/** What the player gets. */
export interface Gains {
  readonly coin: number;
  readonly exp: number;
  readonly star: number;
  /** Template ids. */
  readonly item: readonly number[];
  /** Change of energy. */
  readonly huoli: number;
}

export const NO_GAINS: Gains = { coin: 0, exp: 0, star: 0, item: [], huoli: 0 };

export interface BattleReport {
  readonly battleResult: 1 | 2;
  readonly startData: readonly StartEntry[];
  readonly stepData: readonly StepEntry[];
  readonly setData: Gains;
}

const SKILL_USED = 98;
const ORDINARY_USED = 99;
const STRUCK = 97;
const KILLED = 96;

export function startEntry({ fighter, battleId, direction, hp }: Unit): StartEntry {
  return {
    chaId: fighter.id,
    chaBattleId: battleId,
    chaName: fighter.name,
    chaLevel: fighter.level,
    chaDirection: direction,
    chaCurrentHp: hp,
    chaTotalHp: fighter.maxHp,
    ...(fighter.quality ? { chaPz: fighter.quality } : {}),
    chaPos: fighter.position,
    ...(fighter.icon ? { chaIcon: fighter.icon } : {}),
  };
}

/** A change of a unit's hit points that has been made. @param before its hit points until then */
export function hitEntry({ battleId, fighter, isAlive, buffs }: Unit, change: number, before: number): HitEntry {
  return {
    enemyBattleId: battleId,
    enemyChaId: fighter.id,
    enemyActionId: isAlive ? STRUCK : KILLED,
    enemyChangeHp: change,
    enemyCurrentHp: before,
    enemyTotalHp: fighter.maxHp,
    enemyBuff: isAlive ? buffDetails(buffs.at(-1)) : 0,
  };
}

/** An action that is done. @param before hit points of the unit until then */
export function actionEntry(unit: Unit, before: number, skillId: number, isOrdinary: boolean, hits: readonly HitEntry[]): StepEntry {
  return {
    chaBattleId: unit.battleId,
    chaId: unit.fighter.id,
    skill: skillId,
    actionId: isOrdinary ? ORDINARY_USED : SKILL_USED,
    chaCurrentHp: before,
    chaTotalHp: unit.fighter.maxHp,
    chaExpendHp: 0,
    txtEffectId: 0,
    chaBuff: buffDetails(unit.buffs.at(-1)),
    enemyChaArr: hits,
  };
}

export function bleedingEntry(hit: HitEntry): StepEntry {
  return {
    chaBattleId: -1,
    chaId: -1,
    skill: 0,
    actionId: -1,
    chaCurrentHp: 0,
    chaTotalHp: 0,
    chaExpendHp: 0,
    txtEffectId: -1,
    chaBuff: 0,
    enemyChaArr: [hit],
  };
}

function buffDetails(holding: Holding | undefined): BuffDetails | 0 {
  if (!holding) return 0;
  const { buff, stack, remaining } = holding;
  return {
    buffId: buff.id,
    buffLayerCount: stack,
    buffRemainRoundCount: remaining,
    buffEffectId: 0,
    buffIconId: buff.icon,
    buffName: buff.name,
    buffDes: buff.description,
  };
}
