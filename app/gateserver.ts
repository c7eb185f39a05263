/** The gate: who is logged in on which connection, and which game node plays whom. */
import './gate/accounts/handlers';
import './gate/roles/handlers';
import './gate/scenes/handlers';
import './gate/scenes/moving';
import './gate/scenes/sweep';
import './gate/forwarding';
import './gate/leaving';
import './gate/operating';
import { onStart } from 'firefly-ts';
import { gameSettings } from './share/game';
import { accounts, characters } from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not a player's request.
  gameSettings();
  await accounts.insert();
  await characters.insert();
});
