import assert from 'node:assert/strict';
import { freshMysql } from '../../helpers/services';
import { fenceSuite, takeOver } from './fencesuite';

/** The successor ends the connection of the frozen one, and its transaction with it. */
fenceSuite('MariaDB', freshMysql, async (database, frozen) => {
  await takeOver(database, frozen);
  assert.equal(await frozen.line(), 'failed StoreDown');
  assert.equal(await frozen.line(), 'then failed Replaced');
});
