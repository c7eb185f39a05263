/** Commands 2330 and 2331, of our own: training a pet, and keeping what it has learnt. */
import { transaction } from 'firefly-ts';
import { KEEP_TRAINING, TRAIN_PET } from '../../share/commands';
import { Refused } from '../../share/refused';
import { done } from '../../share/reply';
import { playerCommand } from '../channel';
import { spendGold } from '../character/gold';
import { changeCoins } from '../character/rows';
import { gameData } from '../data';
import { takeItemsOf } from '../package/rows';
import { wholePet } from '../pets/petrow';
import { petOf, putPet } from '../pets/rows';
import { newSeed, SeededRandom } from '../random';
import { trainedReply } from './replies';
import { putTrained, takeTrained } from './rows';
import { TRAINING_KINDS, TRAINING_SCROLL, train, trainingCost } from './rules';

playerCommand(TRAIN_PET, ({ characterId }, request) => {
  const petId = request.integer('petid');
  const kind = TRAINING_KINDS[request.integer('type', 1, TRAINING_KINDS.length) - 1];
  if (!kind) throw new Refused('badField', 'type');
  const cost = trainingCost(kind.fee, kind.times);
  const seed = newSeed();
  return transaction(async (t) => {
    const pet = wholePet(await petOf(t, characterId, petId));
    await takeItemsOf(t, characterId, TRAINING_SCROLL, cost.scrolls, 'petTraining');
    if (cost.coin > 0) await changeCoins(t, characterId, -cost.coin, 'petTraining');
    if (cost.gold > 0) await spendGold(t, characterId, cost.gold, 'petTraining', `pet ${petId}`);
    const trained = train(pet.growth, pet.template, gameData().training, kind, SeededRandom.from(seed));
    await putTrained(t, pet, trained);
    return trainedReply(petId, pet.growth, trained);
  });
});

playerCommand(KEEP_TRAINING, ({ characterId }, request) => {
  const petId = request.integer('petid');
  return transaction(async (t) => {
    const pet = wholePet(await petOf(t, characterId, petId));
    const growth = await takeTrained(t, pet);
    if (!growth) throw new Refused('nothingTrained');
    await putPet(t, characterId, { ...pet, growth }, 'petTraining');
    return done();
  });
});
