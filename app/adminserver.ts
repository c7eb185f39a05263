/** The admin node: what the operator of the game looks at and changes, on its web port. */
import './admin/statistics/handlers';
import './admin/statistics/sampling';
import './admin/operations/handlers';
import './admin/recharge/handlers';
import './admin/players/handlers';
import './admin/page';
import { onStart } from 'firefly-ts';
import { gameSettings } from './share/game';
import * as tables from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not an operator's request.
  gameSettings();
  for (const table of Object.values(tables)) await table.insert();
});
