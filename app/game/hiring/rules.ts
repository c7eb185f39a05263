/** Hiring another player for one fight: what it costs, and what it brings to the one who is hired. Pure. */
import { Refused } from '../../share/refused';
import { EMPTY_PLACE, type Places, UNIT_KINDS, unitsIn } from '../formation/rules';
import { MAX_FRIENDS } from '../friends/rules';

/** What a hired player gets for each fight of the campaign, won or lost. */
export const HIRE_PAY = { coin: 100, energy: 1 } as const;

const COINS_A_LEVEL = 1000;

export interface Hirer {
  readonly characterId: number;
  readonly coin: number;
  /** How many friends it has. */
  readonly friends: number;
}

export interface Candidate {
  readonly characterId: number;
  readonly level: number;
  readonly isFriend: boolean;
  readonly isHired: boolean;
}

export function hirePrice(level: number): number {
  return level * COINS_A_LEVEL;
}

/** What hiring costs. Who is hired becomes a friend, so that there must be room for one. @param candidate undefined when there is no such player @throws Refused */
export function checkHire(hirer: Hirer, candidate: Candidate | undefined): number {
  if (hirer.characterId === candidate?.characterId) throw new Refused('cannotHireSelf');
  if (!candidate) throw new Refused('playerMissing');
  if (candidate.isHired) throw new Refused('alreadyHired');
  if (!candidate.isFriend && hirer.friends >= MAX_FRIENDS) throw new Refused('friendsFull');
  const price = hirePrice(candidate.level);
  if (hirer.coin < price) throw new Refused('notEnoughCoins');
  return price;
}

/** After a fight: the formation without those who were hired, and who they were. */
export function dismissHired(places: Places): { readonly places: Places; readonly hired: readonly number[] } {
  const hired = unitsIn(places).flatMap(({ kind, id }) => (kind === UNIT_KINDS.hired ? [id] : []));
  return { places: places.map((id) => (hired.includes(id) ? EMPTY_PLACE : id)), hired };
}
