/** A game node: the players who are in the game, and everything they can do there. */
import './game/players/handlers';
import './game/character/handlers';
import './game/package/handlers';
import './game/equipment/handlers';
import './game/compounding/handlers';
import './game/pets/handlers';
import './game/formation/handlers';
import './game/campaign/handlers';
import './game/arena/handlers';
import './game/mail/handlers';
import './game/friends/handlers';
import './game/ranking/handlers';
import './game/hiring/handlers';
import './game/inspect/handlers';
import './game/wineshop/handlers';
import './game/training/handlers';
import { GlobalObject, onStart } from 'firefly-ts';
import { leaveAll } from './game/players/players';
import { gameSettings } from './share/game';
import * as tables from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not a player's request.
  gameSettings();
  for (const table of Object.values(tables)) await table.insert();
});

GlobalObject().stophandler = leaveAll;
