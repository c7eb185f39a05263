/** A game node: the players who are in the game, and everything they can do there. */
import './game/players/handlers';
import './game/character/handlers';
import './game/package/handlers';
import './game/equipment/handlers';
import './game/compounding/handlers';
import { GlobalObject, onStart } from 'firefly-ts';
import { leaveAll } from './game/players/players';
import { gameSettings } from './share/game';
import { bills, characters, equipment, formations, items, pets } from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not a player's request.
  gameSettings();
  for (const table of [characters, items, pets, formations, equipment, bills]) await table.insert();
});

GlobalObject().stophandler = leaveAll;
