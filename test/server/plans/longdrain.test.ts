/** A drain whose longest time is more than a timer takes: it lasts until it is ended. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { PBRoot } from '../../../src/distributed/root';
import { GlobalObject } from '../../../src/server/globalobject';
import { Drains } from '../../../src/server/plans/drains';
import { silentLog } from '../../helpers/services';

it('a node that is drained for longer than a timer can be told is not given anything meanwhile', async () => {
  const globals = GlobalObject();
  const root = new PBRoot({ name: 'gate', secret: 'secret of a test', limits: DEFAULT_LIMITS, log: silentLog() });
  globals.root = root;
  const drains = new Drains('gate', globals, silentLog());
  drains.begin('game1', { forGood: false, lifeMs: 2 ** 31, moves: true });
  await delay(20);
  assert.deepEqual(root.childsmanager.returning(), ['game1']);
  drains.end('game1');
  assert.deepEqual(root.childsmanager.returning(), []);
});
