/** The wine shop as its client sees it. Pure. */
import type { PetTemplate } from '../../data/pets';
import type { Table } from '../../data/read/table';
import { type Reply, success } from '../../share/reply';
import { SHOP_REFRESH_GOLD, SHOP_REFRESH_S, type Shop } from './rules';

/** @param now Unix seconds */
export function shopReply({ offers, since }: Shop, pets: Table<PetTemplate>, now: number): Reply {
  return success({
    // What is bought leaves its place empty.
    petlist: offers.flatMap((id, at) => {
      const pet = pets.get(id);
      return pet
        ? [{ pos: at + 1, tempid: id, rolename: pet.name, icon: pet.icon, quality: pet.quality, skill: pet.skill.name, price: pet.coin }]
        : [];
    }),
    left: Math.max(0, since + SHOP_REFRESH_S - now),
    refreshgold: SHOP_REFRESH_GOLD,
  });
}
