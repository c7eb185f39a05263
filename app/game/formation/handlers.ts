/** Commands 2306 and 2307: the formation. */
import { type Transaction, transaction } from 'firefly-ts';
import { CHANGE_FORMATION, FORMATION } from '../../share/commands';
import { done } from '../../share/reply';
import type { ClientRequest } from '../../share/request';
import { playerCommand } from '../channel';
import { characterOf } from '../character/rows';
import { hireOf } from '../hiring/rows';
import { petOf } from '../pets/rows';
import { companionsOf } from './companions';
import { formationReply } from './replies';
import { placesOf, putPlaces } from './rows';
import { type Joining, join, leave, move, type Places, UNIT_KINDS } from './rules';

/** What clients call `operType`; whatever else they send moves a unit inside the formation. */
const JOIN = 0;
const LEAVE = 1;

playerCommand(FORMATION, ({ characterId }) =>
  transaction(async (t) => {
    const places = await placesOf(t, characterId);
    return formationReply(places, await companionsOf(t, characterId, places));
  }),
);

playerCommand(CHANGE_FORMATION, ({ characterId }, request) => {
  const change = readChange(request);
  return transaction(async (t) => {
    const places = await placesOf(t, characterId);
    await putPlaces(t, characterId, await change(t, characterId, places));
    return done();
  });
});

type FormationChange = (t: Transaction, characterId: number, places: Places) => Places | Promise<Places>;

/** A client fills all fields; those that its kind of change does not need are not looked at. @throws Refused */
function readChange(request: ClientRequest): FormationChange {
  const operation = request.integer('operType');
  if (operation === JOIN) {
    const [kind, id, to] = [
      request.integer('chatype', UNIT_KINDS.hired, UNIT_KINDS.pet),
      request.integer('petId'),
      request.integer('toPos'),
    ];
    return async (t, characterId, places) => {
      const unit = kind === UNIT_KINDS.pet ? await joiningPet(t, characterId, id) : await joiningHire(t, characterId, id);
      return join(places, unit, to, (await characterOf(t, characterId)).level);
    };
  }
  const from = request.integer('fromPos');
  if (operation === LEAVE) return (_t, _characterId, places) => leave(places, from);
  const to = request.integer('toPos');
  return (_t, _characterId, places) => move(places, from, to);
}

async function joiningPet(t: Transaction, characterId: number, petId: number): Promise<Joining> {
  const { id, level } = await petOf(t, characterId, petId);
  return { kind: UNIT_KINDS.pet, id, level };
}

async function joiningHire(t: Transaction, characterId: number, playerId: number): Promise<Joining> {
  const { id } = await hireOf(t, characterId, playerId);
  return { kind: UNIT_KINDS.hired, id };
}
