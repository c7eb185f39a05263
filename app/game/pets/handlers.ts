/** Commands 2300, 3505 and 3506: a player's pets, and what they eat. */
import { transaction } from 'firefly-ts';
import { FEED_PET, PET_LIST, SWALLOW_PET } from '../../share/commands';
import { done } from '../../share/reply';
import { playerCommand } from '../channel';
import { characterOf } from '../character/rows';
import { gameData } from '../data';
import { placesOf } from '../formation/rows';
import { hiredBy } from '../hiring/rows';
import { feedPet } from './feeding';
import { MAX_PETS } from './pet';
import { petFrom, wholePet } from './petrow';
import { petListReply } from './replies';
import { losePets, petOf, petsOf, putPet } from './rows';
import { swallow } from './swallowing';

/** Who stands in the formation is no part of the list. */
playerCommand(PET_LIST, ({ characterId }) =>
  transaction(async (t) => {
    const places = await placesOf(t, characterId);
    const own = (await petsOf(t, characterId)).filter(({ id }) => !places.includes(id));
    const hired = (await hiredBy(t, characterId)).filter(({ id }) => !places.includes(id));
    return petListReply(own.map(wholePet), hired);
  }),
);

playerCommand(SWALLOW_PET, ({ characterId }, request) => {
  const eaterId = request.integer('petid');
  const eatenId = request.integer('tpetid');
  return transaction(async (t) => {
    const eater = petFrom(await petOf(t, characterId, eaterId));
    const eaten = petFrom(await petOf(t, characterId, eatenId));
    await putPet(t, characterId, swallow(eater, eaten, gameData().pets), 'swallow');
    await losePets(t, characterId, [eatenId], 'swallow');
    return done();
  });
});

playerCommand(FEED_PET, ({ characterId }, request) => {
  const petId = request.integer('petid');
  const foodIds = request.integers('tpetids', MAX_PETS);
  return transaction(async (t) => {
    const { level } = await characterOf(t, characterId);
    const pet = petFrom(await petOf(t, characterId, petId));
    const food = await Promise.all(foodIds.map(async (id) => petFrom(await petOf(t, characterId, id))));
    await putPet(t, characterId, feedPet(pet, food, level), 'feedPet');
    await losePets(t, characterId, foodIds, 'feedPet');
    return done();
  });
});
