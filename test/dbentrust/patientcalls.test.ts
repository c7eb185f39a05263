/** Calls to a writer that is restarted: executed in the order in which they were made, however long it takes within their deadline. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { DataPort } from '../../src/dbentrust/port';
import { remotePort } from '../../src/dbentrust/remote';
import { JournalDown, NotManaged, PeerDown, QueueFull } from '../../src/errors';
import { currentTrace, runInTrace } from '../../src/log/trace';
import { waitFor } from '../../tools/lib/wait';
import { Cable, LIMITS, startLeaf, startRoot, type TestLeaf, type TestRoot } from '../distributed/support';

const LONG_MS = 60_000;
const TABLE = { table: 'tb', pk: 'id' };

describe('calls to a writer that is away', () => {
  let root: TestRoot;
  let cable: Cable;
  let leaf: TestLeaf;
  let port: DataPort;
  let seen: unknown[];
  let known: boolean;
  /** Keeps the answers to these back. */
  let silentTo: Set<unknown>;
  let deadlineMs: number;
  let bound: number;
  /** Runs when the writer has learnt of a table. */
  let registered: () => void;

  beforeEach(async () => {
    [seen, known, silentTo, deadlineMs, bound, registered] = [[], true, new Set(), 10_000, 100, () => {}];
    root = await startRoot({ name: 'dbfront' });
    const drop = (_child: unknown, table: string, n: unknown) => {
      if (!known) throw new NotManaged(table);
      seen.push(n);
      return silentTo.has(n) ? new Promise(() => {}) : undefined;
    };
    const manage = (_child: unknown, def: object) => {
      known = true;
      registered();
      return { ...def, columns: [], uniqueKeys: [] };
    };
    root.internal.mapTarget(drop, 'firefly.db.drop');
    root.internal.mapTarget(manage, 'firefly.db.manage');
    cable = await Cable.to(root.port);
    leaf = await startLeaf(cable.port, { root: 'dbfront', limits: { ...LIMITS, holdMs: 100 } });
    use();
  });

  afterEach(async () => {
    await leaf.close('end of test');
    await cable[Symbol.asyncDispose]();
    await root.close('end of test');
  });

  const use = () => {
    port = remotePort({
      call: (target, args, timeoutMs, patient) => leaf.call(target, args, { timeoutMs, patient }),
      whenUp: (ms) => leaf.whenUp(ms),
      deadlineMs,
      bound,
    });
  };
  const drop = (...numbers: number[]) => numbers.map((n) => port.drop('tb', n));
  const cut = async () => {
    const lost = new Promise((resolve) => leaf.onDown(resolve));
    cable.cut();
    await lost;
  };
  /** Longer than an ordinary call is held. */
  const held = async () => {
    const ordinary = leaf.callRemote('ordinary');
    await assert.rejects(ordinary, (error) => error instanceof PeerDown && !error.maybeExecuted);
  };

  it('are sent again each in the trace of its own request', async () => {
    const traces: unknown[] = [];
    port = remotePort({
      call: async () => {
        traces.push(currentTrace()?.trace);
        if (traces.length <= 2) throw new PeerDown('dbfront', false);
      },
      whenUp: () => new Promise((resolve) => setImmediate(resolve)),
      deadlineMs,
      bound,
    });
    const asked = ['a', 'b'].map((name) => runInTrace({ trace: name.repeat(32), span: name.repeat(16) }, () => port.drop('tb', name)));
    await Promise.all(asked);
    assert.deepEqual(
      traces,
      ['a', 'b', 'a', 'b'].map((name) => name.repeat(32)),
    );
  });

  it('go in the order in which they were made, also when the restart takes longer than holdMs', async () => {
    await leaf.hold(LONG_MS, 1_000);
    const calls = drop(1, 2);
    await held();
    calls.push(...drop(3, 4));
    assert.deepEqual(leaf.release(), { sent: 4, ended: 1 });
    calls.push(...drop(5));
    await Promise.all(calls);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  });

  it('are also those for the lease of memcached: no restart is too late for what harms nobody', async () => {
    root.internal.mapTarget(() => 7, 'firefly.db.epoch');
    await leaf.hold(LONG_MS, 1_000);
    const epoch = port.epoch();
    await held();
    assert.deepEqual(leaf.release(), { sent: 1, ended: 1 });
    assert.equal(await epoch, 7);
  });

  it('that the restart cut off go before those that were held', async () => {
    silentTo.add(1);
    const calls = drop(1);
    await waitFor(() => seen.length === 1, 'the call there');
    await leaf.hold(LONG_MS, 10);
    calls.push(...drop(2, 3));
    await cut();
    silentTo.clear();
    calls.push(...drop(4));
    await leaf.whenUp(5_000);
    await held();
    calls.push(...drop(5));
    leaf.release();
    await Promise.all(calls);
    assert.deepEqual(seen, [1, 1, 2, 3, 4, 5]);
  });

  it('end surely not executed at their own deadline', async () => {
    deadlineMs = 200;
    use();
    await leaf.hold(LONG_MS, 1_000);
    await assert.rejects(port.drop('tb', 1), (error) => error instanceof PeerDown && !error.maybeExecuted);
    assert.deepEqual(leaf.release(), { sent: 0, ended: 1 });
    assert.deepEqual(seen, []);
  });

  it('wait on when a hold is over before there is a link', async () => {
    await leaf.hold(LONG_MS, 1_000);
    await root.close('restart');
    await waitFor(() => !leaf.isUp, 'the loss');
    const calls = drop(1);
    assert.deepEqual(leaf.release(), { sent: 0, ended: 0 });
    calls.push(...drop(2));
    const { port: rootPort } = root;
    const { internal } = root;
    root = await startRoot({ name: 'dbfront' }, rootPort);
    root.internal.mapTarget(internal.getTarget('firefly.db.drop') as never, 'firefly.db.drop');
    await Promise.all(calls);
    assert.deepEqual(seen, [1, 2]);
  });

  it('are overtaken by none that is made when the link comes up', async () => {
    silentTo.add(1);
    const calls = drop(1);
    await waitFor(() => seen.length === 1, 'the call there');
    silentTo.clear();
    leaf.onUp(() => calls.push(...drop(3)));
    await cut();
    calls.push(...drop(2));
    await waitFor(() => calls.length === 3, 'the new link');
    await Promise.all(calls);
    assert.deepEqual(seen, [1, 1, 2, 3]);
  });

  it('are overtaken by none while the new writer learns of the table', async () => {
    await port.manage(TABLE);
    known = false;
    const calls = drop(1, 2);
    registered = () => {
      registered = () => {};
      calls.push(...drop(3));
    };
    await waitFor(() => calls.length === 3, 'the table there');
    await Promise.all(calls);
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it('reject with what the writer says of a table that it cannot register', async () => {
    await port.manage(TABLE);
    known = false;
    root.internal.unMapTargetByKey('firefly.db.manage');
    root.internal.mapTarget(() => Promise.reject(new TypeError('no such table')), 'firefly.db.manage');
    await assert.rejects(port.drop('tb', 1), /no such table/);
    known = true;
    await port.drop('tb', 2);
    assert.deepEqual(seen, [2]);
  });

  it('are overtaken by none while a writer that cannot write ends', async () => {
    let isEnding = true;
    const sent: unknown[] = [];
    const link = {
      call: async (_target: string, [, n]: unknown[]) => {
        if (isEnding) throw new JournalDown('the disk is gone');
        sent.push(n);
      },
      whenUp: async () => {},
      deadlineMs,
      bound,
    };
    port = remotePort(link);
    const calls = drop(1);
    await new Promise(setImmediate);
    isEnding = false;
    calls.push(...drop(2));
    await Promise.all(calls);
    assert.deepEqual(sent, [1, 2]);
  });

  it('are refused when too many wait already; those that wait are made', async () => {
    bound = 3;
    use();
    await cut();
    const calls = drop(1, 2, 3);
    await new Promise(setImmediate);
    await assert.rejects(port.drop('tb', 4), (error) => error instanceof QueueFull && error.bound === 3);
    await Promise.all(calls);
    assert.deepEqual(seen, [1, 2, 3]);
  });
});
