/** The admin node: what the operator of the game looks at and changes, on its web port. */
import './admin/statistics/handlers';
import './admin/statistics/sampling';
import './admin/operations/handlers';
import './admin/recharge/handlers';
import { onStart } from 'firefly-ts';
import { gameSettings } from './share/game';
import { accounts, adminRecords, characters, dayCounts, items, pets, recharges } from './share/tables';

onStart(async () => {
  // Read here so that a mistake in the config's section `game` fails the start, not an operator's request.
  gameSettings();
  for (const table of [accounts, characters, items, pets, recharges, dayCounts, adminRecords]) await table.insert();
});
