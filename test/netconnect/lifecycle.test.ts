import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { StartFailed } from '../../src/errors';
import { openLog } from '../../src/log/log';
import { Metrics } from '../../src/metrics/metrics';
import type { Connection } from '../../src/netconnect/connection';
import { LiberateFactory } from '../../src/netconnect/factory';
import { Front, gate, orLate, until } from './front';

const empty = (front: Front) => Object.values(front.factory.stats).every((held) => held === 0);

describe('a connection', () => {
  it('has the number it was given and its address, is told of when made and when lost, and is gone afterwards', async () => {
    await using front = await Front.start();
    const events: string[] = [];
    front.factory.doConnectionMade = (conn) => {
      conn.session = { version: 1, data: 'kept' };
      events.push(`made ${conn.id} ${conn.address}`);
    };
    front.factory.doConnectionLost = (conn) => {
      events.push(`lost ${conn.id} ${conn.isOpen} ${front.factory.connmanager.getConnectionByID(conn.id) === conn} ${conn.session?.data}`);
    };
    const client = await front.connect();
    await until(() => front.factory.connmanager.getNowConnCnt() === 1, 'the connection');
    assert.deepEqual(
      [...front.factory.connmanager].map((conn) => conn.id),
      [0],
    );
    client.socket.end();
    await until(() => empty(front), 'the front to be empty');
    assert.deepEqual(events, ['made 0 127.0.0.1', 'lost 0 false true kept']);
    assert.equal(front.factory.connmanager.getConnectionByID(0), undefined);
  });

  it('that ends late takes nothing of the newer one of its player, as in Pitaya', async () => {
    await using front = await Front.start();
    front.service.mapTarget((conn: Connection) => `${conn.id} ${conn.session?.data}`, 1);
    front.factory.doConnectionMade = (conn) => {
      conn.session = { version: conn.id, data: 'anna' };
    };
    const lost: number[] = [];
    front.factory.doConnectionLost = (conn) => void lost.push(conn.id);
    const old = await front.connect();
    await until(() => front.factory.stats.connections === 1, 'the old connection');
    const newer = await front.connect();
    await until(() => front.factory.stats.connections === 2, 'the newer connection');
    front.factory.loseConnection(0, 'logged in elsewhere');
    await old.isClosed();
    await until(() => front.factory.stats.connections === 1, 'the old connection to be gone');
    front.factory.pushObject(905, 'still here', [0, 1]);
    newer.send([1]);
    await newer.framesReach(2);
    assert.deepEqual(newer.texts, ['905:still here', '1:1 anna']);
    assert.deepEqual(lost, [0]);
  });

  it('outlives hooks that throw', async () => {
    await using front = await Front.start();
    front.factory.doConnectionMade = () => {
      throw new Error('made at once');
    };
    front.factory.doConnectionLost = async () => {
      throw new Error('lost later');
    };
    front.service.mapTarget(() => 'ok', 1);
    const client = await front.connect();
    client.send([1]);
    await client.framesReach(1);
    client.socket.resetAndDestroy();
    await until(() => empty(front), 'the front to be empty');
    assert.equal(front.said('doConnectionMade of client 0 failed').length, 1);
    assert.equal(front.said('doConnectionLost of client 0 failed').length, 1);
  });

  it('leaves nothing behind: three waves of connect, call and disconnect, after which Pomelo had grown', async () => {
    await using front = await Front.start({ framesPerSecond: 20 });
    front.service.mapTarget((_conn: Connection, data: Buffer) => data, 1);
    front.service.mapTarget(async (_conn: Connection, data: Buffer) => data, 2);
    let lost = 0;
    front.factory.doConnectionLost = async () => {
      lost += 1;
    };
    for (let wave = 1; wave <= 3; wave++) {
      const clients = await Promise.all(Array.from({ length: 60 }, () => front.connect()));
      for (const [i, client] of clients.entries()) {
        client.send(...Array.from({ length: i % 30 }, (_, n) => [1 + (n % 2), 'x'] as const));
        if (i % 4 === 1) client.sendRaw(Buffer.alloc(20, 0xff));
        if (i % 4 === 2) client.sendRaw(Buffer.alloc(9));
      }
      await clients[58]?.framesReach(20);
      for (const [i, client] of clients.entries()) i % 3 ? client.socket.destroy() : client.socket.resetAndDestroy();
      await until(() => empty(front), `wave ${wave} to be gone: ${JSON.stringify(front.factory.stats)}`);
      assert.equal(lost, 60 * wave);
    }
  });
});

describe('listen', () => {
  it('says which port cannot be had, and why', async () => {
    await using front = await Front.start();
    const other = new LiberateFactory({
      log: openLog({ node: 'other', level: 'silent' }),
      limits: DEFAULT_LIMITS,
      metrics: new Metrics('other'),
      nextId: () => 0,
    });
    await assert.rejects(other.listen(front.port, '127.0.0.1'), (error: unknown) => {
      assert.ok(error instanceof StartFailed);
      assert.match(error.message, new RegExp(`netport ${front.port} on 127.0.0.1: process ${process.pid} \\(.*\\) listens there`));
      return true;
    });
  });
});

describe('pause and resume', () => {
  it('hold requests back without losing one, while what is in flight ends', async () => {
    await using front = await Front.start();
    const slow = gate<string>();
    front.service.mapTarget(() => slow.promise, 1);
    front.service.mapTarget((_conn: Connection, data: Buffer) => data, 2);
    const client = await front.connect();
    client.send([1]);
    await until(() => front.factory.stats.inFlight === 1, 'the request');
    front.factory.pause();
    client.send([2, 'a'], [2, 'b']);
    const late = await front.connect();
    late.send([2, 'c']);
    assert.equal(await front.factory.whenIdle(20), false);
    slow.open('ended');
    assert.equal(await front.factory.whenIdle(1_000), true);
    await client.framesReach(1);
    assert.deepEqual([client.texts, late.texts], [['1:ended'], []]);
    front.factory.resume();
    await client.framesReach(3);
    await late.framesReach(1);
    assert.deepEqual([client.texts, late.texts], [['1:ended', '2:a', '2:b'], ['2:c']]);
  });
});

describe('a bound of what is in flight', () => {
  it('leaves further requests with their clients, loses none, and lets all of them have their turn', async () => {
    await using front = await Front.start();
    const waiting: ((answer: string) => void)[] = [];
    front.service.mapTarget(() => new Promise<string>((resolve) => waiting.push(resolve)), 1);
    const clients = [await front.connect(), await front.connect(), await front.connect()];
    front.factory.limitInFlight({ requests: 4, bytes: 1_000 });
    for (const client of clients) client.send([1, 'a'], [1, 'b'], [1, 'c']);
    await until(() => front.factory.stats.inFlight === 4, 'the bound');
    assert.equal(await front.metric('firefly_net_held_back'), 1);
    for (let answered = 0; answered < 9; answered++) {
      await until(() => waiting.length > answered, 'the next request');
      assert.ok(front.factory.stats.inFlight <= 4, `${front.factory.stats.inFlight} in flight`);
      waiting[answered]?.('done');
    }
    for (const client of clients) await client.framesReach(3);
    assert.equal(await front.metric('firefly_net_held_back'), 0);
  });

  it('counts bytes too, and ends with it', async () => {
    await using front = await Front.start();
    const slow = gate<string>();
    front.service.mapTarget(() => slow.promise, 1);
    const client = await front.connect();
    front.factory.limitInFlight({ requests: 1_000, bytes: 20 });
    client.send([1, 'x'.repeat(15)], [1, 'x'.repeat(15)], [1, 'x'.repeat(15)]);
    await until(() => front.factory.stats.inFlight === 2, 'the bound');
    front.factory.limitInFlight(undefined);
    await until(() => front.factory.stats.inFlight === 3, 'the rest');
    slow.open('done');
    await client.framesReach(3);
  });
});

describe('close', () => {
  it('lets what is in flight be answered, tells of each connection and waits, where Pitaya told of none, then closes; nobody new gets in', async () => {
    await using front = await Front.start();
    const [answer, saved] = [gate<string>(), gate()];
    const lost: number[] = [];
    front.service.mapTarget(() => answer.promise, 1);
    front.factory.doConnectionLost = async (conn) => {
      lost.push(conn.id);
      await saved.promise;
    };
    const [asking, idle] = [await front.connect(), await front.connect()];
    asking.send([1]);
    await until(() => front.factory.stats.inFlight === 1, 'the request');
    let isClosed = false;
    const closing = front.factory.close(5_000).then(() => {
      isClosed = true;
    });
    await assert.rejects(front.connect(), { code: 'ECONNREFUSED' });
    assert.deepEqual(lost, []);
    answer.open('the last answer');
    await until(() => lost.length === 2, 'doConnectionLost');
    assert.equal(isClosed, false);
    saved.open();
    await orLate(closing, 'the close');
    await asking.isClosed();
    await idle.isClosed();
    assert.deepEqual(asking.texts, ['1:the last answer']);
    assert.deepEqual(lost.sort(), [0, 1]);
    assert.ok(empty(front));
  });

  it('keeps its deadline when handlers and hooks never end, and says what it left', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => new Promise(() => {}), 1);
    front.factory.doConnectionLost = () => new Promise(() => {});
    const client = await front.connect();
    client.send([1]);
    await until(() => front.factory.stats.inFlight === 1, 'the request');
    await orLate(front.factory.close(50), 'the close');
    await client.isClosed();
    assert.equal(front.said('1 handlers did not answer').length, 1);
    assert.equal(front.said('doConnectionLost of 1 connections').length, 1);
  });

  it('does not wait for clients that stay', async () => {
    await using front = await Front.start();
    const client = await front.connect();
    client.socket.allowHalfOpen = true;
    await until(() => front.factory.stats.connections === 1, 'the connection');
    await orLate(front.factory.close(60_000), 'the close');
    assert.ok(empty(front));
  });
});

describe('a front that takes no new client for a while', () => {
  it('takes them again, and keeps those that are there', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => 'ok', 1);
    const old = await front.connect();
    await until(() => front.factory.stats.connections === 1, 'the connection');
    front.factory.stopAccepting();
    await assert.rejects(front.connect());
    await front.factory.acceptAgain();
    const newer = await front.connect();
    for (const client of [old, newer]) {
      client.send([1]);
      await client.framesReach(1);
    }
  });

  it('does not listen when it was asked to stop again meanwhile, and closes in order', async () => {
    await using front = await Front.start();
    front.factory.stopAccepting();
    const again = front.factory.acceptAgain();
    front.factory.stopAccepting();
    await again;
    await assert.rejects(front.connect());
    await front.factory.acceptAgain();
    await front.connect();
    await front.factory.close(1_000);
    await front.factory.acceptAgain();
    await assert.rejects(front.connect());
  });
});
