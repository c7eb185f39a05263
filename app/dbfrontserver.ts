/** The node that owns the data: brings the tables up to date, then keeps them while the others read and change rows. What it has not written yet it writes when it stops. */
import { migrate, onStart } from 'firefly-ts';
import { migrations } from './dbfront/migrations';
import {
  accounts,
  adminRecords,
  bills,
  characters,
  dayCounts,
  equipment,
  formations,
  friends,
  hireRecords,
  items,
  mails,
  pets,
  recharges,
  stages,
  trainedGrowths,
  wineShops,
} from './share/tables';

onStart(async () => {
  await migrate(migrations);
  for (const table of [accounts, characters, items, pets, stages, formations, equipment, bills]) await table.insert();
  for (const table of [mails, friends, hireRecords, wineShops, trainedGrowths, recharges, dayCounts, adminRecords]) await table.insert();
});
