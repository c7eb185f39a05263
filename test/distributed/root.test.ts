import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Child } from '../../src/distributed/child';
import { NoSuchTarget, PeerDown, Replaced, StartFailed } from '../../src/errors';
import { CommandService } from '../../src/services/commandservice';
import { Service } from '../../src/services/service';
import { hookOf, mapTarget, startLeaf, startRoot, TestLeaf, TestRoot } from './support';

describe('a root and its children', () => {
  it('call each other, both ways on one link, by name and by command', async () => {
    await using root = await startRoot();
    root.addServiceChannel(new Service<string>('gate'));
    mapTarget(root, 'add', async (a: number, b: number) => a + b);
    const commands = new CommandService('game1');
    commands.mapTarget((text: string) => text.toUpperCase(), 601);
    await using leaf = await startLeaf(root.port);
    leaf.addServiceChannel(commands);
    assert.equal(await leaf.callRemote('add', 1, 2), 3);
    assert.equal(await root.callChild('game1', 601, 'hello'), 'HELLO');
    assert.equal(await root.callChildByName('game1', 601, 'hello'), 'HELLO');
    assert.equal(await root.childsmanager.getChildByName('game1')?.callbackChild(601, 'hello'), 'HELLO');
    await assert.rejects(root.callChild('game1', 602), NoSuchTarget);
    await assert.rejects(root.callChild('game1', 'name'), NoSuchTarget);
    await assert.rejects(leaf.callRemote('nothing'), NoSuchTarget);
    await assert.rejects(leaf.callRemote(7), NoSuchTarget);
  });

  it('keep the targets of the framework apart from those of the game, and give the root the child that calls', async () => {
    await using root = await startRoot();
    root.internal.mapTarget((child: Child, text: string) => [child.getName(), text], 'firefly.who');
    mapTarget(root, 'firefly.who', () => 'stolen');
    await using leaf = await startLeaf(root.port);
    leaf.internal.mapTarget((text: string) => `leaf ${text}`, 'firefly.who');
    assert.deepEqual(await leaf.callRemote('firefly.who', 'hi'), ['game1', 'hi']);
    assert.equal(await root.callChild('game1', 'firefly.who', 'hi'), 'leaf hi');
  });

  it('answer from the service of the moment: a swap is seen by the next call', async () => {
    await using root = await startRoot();
    await using leaf = await startLeaf(root.port);
    for (const text of ['old', 'new']) {
      root.addServiceChannel(new Service<string>('gate'));
      mapTarget(root, 'which', () => text);
      assert.equal(await leaf.callRemote('which'), text);
    }
  });

  it('reject a call of a child that is not there in the same turn', async () => {
    await using root = await startRoot();
    const order: string[] = [];
    const call = root.callChild('nobody', 'x').catch((error: PeerDown) => {
      order.push('rejected');
      return error;
    });
    setImmediate(() => order.push('next turn'));
    const error = await call;
    assert.ok(error instanceof PeerDown && !error.maybeExecuted);
    assert.deepEqual(order, ['rejected']);
    assert.throws(() => root.notifyChild('nobody', 'x'), PeerDown);
  });

  it('are told to the hooks, and a hook that throws harms nothing', async () => {
    await using root = await startRoot();
    const seen: string[] = [];
    const lost = new Promise<void>((resolve) => {
      root.doChildConnect = (child) => {
        seen.push(`connect ${child.name}`);
        throw new Error('a bad hook');
      };
      root.doChildLostConnect = (child) => {
        seen.push(`lost ${child.name}`);
        resolve();
      };
    });
    const leaf = await startLeaf(root.port);
    assert.deepEqual(root.childsmanager.names(), ['game1']);
    await leaf.close('done');
    await lost;
    assert.deepEqual(seen, ['connect game1', 'lost game1']);
    assert.deepEqual(root.childsmanager.names(), []);
    assert.ok(root.lines.some((line) => line.event === 'doChildConnect'));
  });

  it('can be dropped, by child, by number and by session, and come back', async () => {
    await using root = await startRoot();
    await using leaf = await startLeaf(root.port);
    const drops = [
      (child: Child) => root.dropChild(child),
      (child: Child) => root.dropChildByID(child.id),
      (child: Child) => root.dropChildSessionId(child.id),
    ];
    for (const drop of drops) {
      const child = root.childsmanager.getChildByName('game1');
      assert.ok(child);
      const down = new Promise((resolve) => leaf.onDown(resolve));
      const back = hookOf(root, 'doChildConnect');
      drop(child);
      assert.equal(root.childsmanager.getChildById(child.id), undefined);
      await down;
      await back;
    }
  });
});

describe('a second registration of a name', () => {
  it('with a newer epoch replaces the first, whose link is closed and which dials no more', async () => {
    await using root = await startRoot();
    await using old = await startLeaf(root.port, { epoch: () => 1 });
    mapTarget(old, 'which', () => 'old');
    const refused = new Promise((resolve) => old.onRefused(resolve));
    const down = new Promise<{ code: string }>((resolve) => old.onDown(resolve));
    mapTarget(old, 'never', () => new Promise(() => {}));
    const pending = root.callChild('game1', 'never');
    const ended = assert.rejects(pending, (error) => error instanceof PeerDown && error.maybeExecuted);
    await using young = await startLeaf(root.port, { epoch: () => 2 });
    mapTarget(young, 'which', () => 'young');
    assert.equal((await down).code, 'replaced');
    await ended;
    assert.ok((await refused) instanceof Replaced);
    assert.equal(await root.callChild('game1', 'which'), 'young');
    await assert.rejects(old.whenUp(1000), Replaced);
    old.connect({ host: '127.0.0.1', port: root.port });
    assert.equal(old.isUp, false);
    assert.equal(root.childsmanager.size, 1);
  });

  it('with an older epoch is refused, also when the newer process has gone, and dials no more', async () => {
    await using root = await startRoot();
    await using young = await startLeaf(root.port, { epoch: () => 2 });
    for (const gone of [false, true]) {
      if (gone) await young.close('gone');
      await using old = new TestLeaf({ epoch: () => 1 });
      const refused = new Promise((resolve) => old.onRefused(resolve));
      old.connect({ host: '127.0.0.1', port: root.port });
      assert.ok((await refused) instanceof Replaced);
      await assert.rejects(old.whenUp(1000), Replaced);
      assert.equal(young.isUp, !gone);
    }
  });

  it('is decided by `admit`, which may take its time', async () => {
    let granted = 0;
    const admit = async () => {
      await new Promise(setImmediate);
      return { epoch: ++granted, info: {} };
    };
    await using root = await startRoot({ admit });
    await using first = await startLeaf(root.port);
    const down = new Promise<{ code: string }>((resolve) => first.onDown(resolve));
    await using second = await startLeaf(root.port);
    assert.equal((await down).code, 'replaced');
    assert.ok(second.isUp);
    assert.equal(root.childsmanager.getChildByName('game1')?.epoch, 2);
  });
});

describe('a root', () => {
  it('that cannot listen names its port and the fix', async () => {
    await using root = await startRoot();
    await using other = new TestRoot({ name: 'gate2' });
    await assert.rejects(other.listen(root.port, '127.0.0.1'), (error) => {
      assert.ok(error instanceof StartFailed);
      assert.match(error.message, new RegExp(`root gate2 cannot listen on 127.0.0.1:${root.port}: the port is taken`));
      return true;
    });
  });

  it('that closes tells its leaves why, delivers what was queued, and lets its port go', async () => {
    const root = await startRoot();
    const seen: unknown[] = [];
    await using leaf = await startLeaf(root.port);
    mapTarget(leaf, 'count', (n: number) => seen.push(n));
    const down = new Promise<{ message: string }>((resolve) => leaf.onDown(resolve));
    for (let i = 0; i < 100; i++) root.notifyChild('game1', 'count', i);
    await root.close('the cluster stops');
    assert.match((await down).message, /the cluster stops/);
    assert.equal(seen.length, 100);
    await using again = await startRoot({}, root.port);
    assert.equal(again.port, root.port);
  });
});

describe('a root that cannot take a leaf now', () => {
  it('is dialled again with the usual back-off, and the leaf is not refused', async () => {
    let attempts = 0;
    const admit = () => {
      if (++attempts < 3) throw new Error('the store is not there yet');
      return { epoch: 1, info: {} };
    };
    await using root = await startRoot({ admit });
    await using leaf = new TestLeaf();
    leaf.onRefused(() => assert.fail('refused'));
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await leaf.whenUp(5000);
    assert.equal(attempts, 3);
    assert.match(leaf.lines.find((line) => line.event === 'dial')?.msg ?? '', /gate refuses: the store is not there yet/);
  });
});
