/** The arena: whom one may challenge, and what becomes of ranks, streaks and fights left. Pure. */
import { Refused } from '../../share/refused';

export const FIGHTS_A_DAY = 15;
/** For each fight, won or lost. */
export const COINS_A_FIGHT = 500;
/** One may challenge who is at most so many ranks better. */
const REACH = 5;

export interface Standing {
  readonly characterId: number;
  /** 1 is the best. */
  readonly rank: number;
  /** Fights won in a row. */
  readonly streak: number;
  readonly fightsLeft: number;
  /** Fights bought today. */
  readonly bought: number;
  readonly hasReward: boolean;
  /** `YYYY-MM-DD` that fights, streak and reward belong to. */
  readonly day: string;
}

/** Rank of a new character, behind everybody. @param worst the largest rank so far, 0 for none */
export function firstStanding(characterId: number, worst: number, day: string): Standing {
  return { characterId, rank: worst + 1, ...freshDay(day) };
}

/** A standing as it is on a day: the first look of a new one starts it afresh. */
export function standingOn(standing: Standing, day: string): Standing {
  return standing.day === day ? standing : { ...standing, ...freshDay(day) };
}

/** Ranks that may be challenged, best first. */
export function opponentRanks(rank: number): number[] {
  const best = Math.max(rank - REACH, 1);
  return Array.from({ length: rank - best }, (_, at) => best + at);
}

/** @throws Refused unless there is a fight left and the other is one of the opponents by now */
export function checkChallenge(challenger: Standing, defender: Standing): void {
  if (challenger.fightsLeft <= 0) throw new Refused('fightsUsedUp');
  if (challenger.characterId === defender.characterId || !opponentRanks(challenger.rank).includes(defender.rank)) {
    throw new Refused('notAnOpponent');
  }
}

export interface Outcome {
  readonly challenger: Standing;
  readonly defender: Standing;
  /** What the log says: whether it was won, and the challenger's new rank, 0 when it has none. */
  readonly log: { readonly success: 0 | 1; readonly rankingChange: number };
}

/** Both standings after a fight. They are to be the rows as they are now and written together, so that no rank is there twice. @param result of the battle */
export function afterFight(challenger: Standing, defender: Standing, result: 1 | 2): Outcome {
  const fought = { ...challenger, fightsLeft: challenger.fightsLeft - 1 };
  if (result !== 1) return { challenger: { ...fought, streak: 0 }, defender, log: { success: 0, rankingChange: 0 } };
  const won = { ...fought, streak: challenger.streak + 1 };
  if (defender.rank >= challenger.rank) return { challenger: won, defender, log: { success: 1, rankingChange: 0 } };
  return {
    challenger: { ...won, rank: defender.rank },
    defender: { ...defender, rank: challenger.rank },
    log: { success: 1, rankingChange: defender.rank },
  };
}

function freshDay(day: string) {
  return { streak: 0, fightsLeft: FIGHTS_A_DAY, bought: 0, hasReward: false, day };
}
