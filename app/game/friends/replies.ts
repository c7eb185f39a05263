/** Other players in a list: the answers to 302 and 303. Pure. */
import { text } from '../../share/game';
import { hirePrice } from '../hiring/rules';
import type { Known } from './rows';

/** @param rank from 1 on */
export function listedPlayer({ character, isHired }: Known, rank: number) {
  const { id, nickname, level } = character;
  return { chaid: id, rolename: nickname, level, skill: text('nothing'), price: hirePrice(level), rank, guyong: isHired };
}
