/** A game node: the players who are in the game, and everything they can do there. */
import './game/players/handlers';
import './game/character/handlers';
import './game/mail/handlers';
import { GlobalObject, onStart } from 'firefly-ts';
import { saveAll } from './game/players/players';
import { gameSettings } from './share/game';
import { characters } from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not a player's request.
  gameSettings();
  await characters.insert();
});

GlobalObject().stophandler = saveAll;
