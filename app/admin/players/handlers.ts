/** `/players?name=ADE`: who is meant; `/online`: how many play; `/templates`: what can be given to them. */
import { type WebRequest, webserviceHandle } from 'firefly-ts';
import { gameData } from '../../game/data';
import { BadForm, Form, refusal } from '../form';
import { playersOnline } from '../gates';
import { findPlayers } from './find';

const MAX_NAME = 255;

webserviceHandle('/players')(async (request: WebRequest) => {
  try {
    return await findPlayers(new Form(request.query).text('name', MAX_NAME));
  } catch (error) {
    if (error instanceof BadForm) return refusal(400, error.message);
    throw error;
  }
});

webserviceHandle('/online')(async () => ({ online: await playersOnline() }));

webserviceHandle('/templates')(() => {
  const { items, pets } = gameData();
  return { items: named(items), pets: named(pets) };
});

function named(table: ReadonlyMap<number, { readonly name: string }>) {
  return [...table].map(([id, { name }]) => ({ id, name }));
}
