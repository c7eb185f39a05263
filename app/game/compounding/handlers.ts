/** Commands 205, 2109, 2115 and 2116: fragments, and what is made of them. */
import { transaction } from 'firefly-ts';
import { COMPOUND, COMPOUND_NEEDS, FRAGMENT_LIST, FRAGMENT_TARGET } from '../../share/commands';
import { text } from '../../share/game';
import { done, success } from '../../share/reply';
import { playerCommand } from '../channel';
import { changeCoins, characterOf } from '../character/rows';
import { gameData } from '../data';
import { hatch } from '../equipment/hatching';
import { stackOf } from '../package/items';
import { giveItems, packageOf, takeItemsOf } from '../package/rows';
import { petsOf } from '../pets/rows';
import { newSeed, SeededRandom } from '../random';
import { fragmentsReply, targetReply } from './replies';
import { compound, FRAGMENTS, fragmentsIn, requirements, resultOf } from './rules';

playerCommand(FRAGMENT_TARGET, (_player, request) => targetReply(resultOf(request.integer('tempid'), gameData().items)));

playerCommand(FRAGMENT_LIST, async ({ characterId }) => {
  const { items } = gameData();
  const there = await transaction((t) => packageOf(t, characterId));
  return fragmentsReply(fragmentsIn(there.map(stackOf), items), items);
});

playerCommand(COMPOUND_NEEDS, async ({ characterId }, request) => {
  const tempid = request.integer('tempid');
  const there = await transaction((t) => packageOf(t, characterId));
  return success(requirements(tempid, { items: there.map(stackOf) }, gameData().items));
});

playerCommand(COMPOUND, async ({ characterId }, request) => {
  const tempid = request.integer('tempid');
  const seed = newSeed();
  await transaction(async (t) => {
    const { coin } = await characterOf(t, characterId);
    const there = await packageOf(t, characterId);
    const pets = await petsOf(t, characterId);
    const owner = { coin, pets: pets.length, items: there.map(stackOf) };
    const { result, price } = compound(tempid, owner, gameData().items);
    await changeCoins(t, characterId, -price, 'compound');
    await takeItemsOf(t, characterId, tempid, FRAGMENTS, 'compound');
    if (result.egg) await hatch(t, characterId, result, SeededRandom.from(seed), 'compound');
    else await giveItems(t, characterId, result, 1, 'compound');
  });
  return done(text('compounded'));
});
