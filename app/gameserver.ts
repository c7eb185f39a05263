/** A game node: the players who are in the game, and everything they can do there. */
import './game/players/handlers';
import './game/character/handlers';
import './game/pets/handlers';
import './game/formation/handlers';
import './game/campaign/handlers';
import './game/arena/handlers';
import { GlobalObject, onStart } from 'firefly-ts';
import { leaveAll } from './game/players/players';
import { gameSettings } from './share/game';
import { arenaFights, bills, characters, equipment, formations, items, pets, ranks, stages, standings } from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not a player's request.
  gameSettings();
  for (const table of [characters, items, pets, stages, formations, equipment, bills, standings, ranks, arenaFights]) await table.insert();
});

GlobalObject().stophandler = leaveAll;
