/** The node that owns the data: brings the tables up to date, then keeps them while the others read and change rows. What it has not written yet it writes when it stops. */
import { migrate, onStart } from 'firefly-ts';
import { migrations } from './dbfront/migrations';
import * as tables from './share/tables';

onStart(async () => {
  await migrate(migrations);
  for (const table of Object.values(tables)) await table.insert();
});
