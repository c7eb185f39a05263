/** What a fight of the campaign costs and brings. Pure. */
import type { Chapter } from '../../data/chapters';
import type { ItemTemplate } from '../../data/items';
import type { Battle } from '../battle/battle';
import type { Gains } from '../battle/report';
import type { Random } from '../random';

/** Energy that each fight takes, won or lost. */
export const ENERGY_A_FIGHT = 1;

export interface Reward {
  readonly gains: Gains;
  /** What to put into the package; undefined for a fight that was lost. */
  readonly item: ItemTemplate | undefined;
}

export function rewardOf({ coin, exp, drops }: Chapter, { result, stars }: Pick<Battle, 'result' | 'stars'>, random: Random): Reward {
  const huoli = -ENERGY_A_FIGHT;
  if (result !== 1) return { gains: { coin: 0, exp: 0, star: 0, item: [], huoli }, item: undefined };
  const item = drops[random.between(0, drops.length - 1)];
  return { gains: { coin, exp, star: stars, item: item ? [item.id] : [], huoli }, item };
}
