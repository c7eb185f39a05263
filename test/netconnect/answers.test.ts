import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeerDown } from '../../src/errors';
import type { Connection } from '../../src/netconnect/connection';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { CommandService } from '../../src/services/commandservice';
import { Front, gate, until } from './front';

describe('answers', () => {
  it('carry what a handler returned: bytes and strings as they are, other values as JSON, nothing for undefined and null', async () => {
    await using front = await Front.start();
    const results: Record<number, unknown> = {
      1: 'text',
      2: Buffer.from('buffer'),
      3: Uint8Array.of(65, 66),
      4: '',
      5: Buffer.alloc(0),
      6: undefined,
      7: null,
      8: { a: [1, 'é'] },
      9: 0,
      10: false,
      11: [],
      12: Promise.resolve(''),
      13: Promise.resolve(null),
      14: Promise.resolve({ later: true }),
    };
    for (const [command, result] of Object.entries(results)) front.service.mapTarget(() => result, Number(command));
    front.service.mapTarget(async () => 'end', 99);
    const client = await front.connect();
    client.send(...Object.keys(results).map((command) => [Number(command)] as const), [99]);
    await until(() => client.texts.includes('99:end'), 'the last answer');
    const expected = [
      '1:text',
      '2:buffer',
      '3:AB',
      '4:',
      '5:',
      '8:{"a":[1,"é"]}',
      '9:0',
      '10:false',
      '11:[]',
      '12:',
      '14:{"later":true}',
      '99:end',
    ];
    assert.deepEqual([...client.texts].sort(), expected.sort());
  });

  it('are copies: a handler may use its buffer again at once', async () => {
    await using front = await Front.start();
    const scratch = Buffer.alloc(1);
    front.service.mapTarget((_conn: Connection, data: Buffer) => {
      data.copy(scratch);
      return scratch;
    }, 1);
    const client = await front.connect();
    client.send([1, 'a'], [1, 'b'], [1, 'c']);
    await client.framesReach(3);
    assert.deepEqual(client.texts, ['1:a', '1:b', '1:c']);
  });

  it('of one turn leave in one write', async () => {
    await using front = await Front.start({ framesPerSecond: 10_000 });
    front.service.mapTarget((_conn: Connection, data: Buffer) => data, 1);
    front.service.mapTarget(async (_conn: Connection, data: Buffer) => data, 2);
    const client = await front.connect();
    let writes = 0;
    front.service.mapTarget((conn: Connection) => {
      conn.safeToWriteData(4, 'pushed');
      writes += 1;
    }, 3);
    client.send(...Array.from({ length: 100 }, (_, i) => [(i % 3) + 1, `payload ${i}`] as const));
    await client.framesReach(100);
    assert.equal(writes, 33);
    assert.equal(client.reads.length, 1, `arrived in reads of ${client.reads}`);
  });

  it('of any size and number arrive whole and in order', async () => {
    await using front = await Front.start({ framesPerSecond: 10_000, unsentBytes: 64 * 1024 * 1024 });
    const sizes = [0, 1, 2_000, 2_031, 2_032, 2_048, 16_367, 16_368, 20_000, 300_000, 3, 5_000_000, 7];
    front.service.mapTarget((_conn: Connection, data: Buffer) => Buffer.alloc(Number(data), `${data.length}`), 1);
    const client = await front.connect();
    client.send(...sizes.map((size) => [1, `${size}`] as const));
    await client.framesReach(sizes.length);
    assert.deepEqual(
      client.frames.map((frame) => frame.payload.length),
      sizes,
    );
    assert.ok(client.frames.every((frame, i) => frame.payload.equals(Buffer.alloc(sizes[i] ?? 0, `${String(sizes[i]).length}`))));
  });

  it('come when they are ready, while handlers start in arrival order, which G-Firefly does not keep', async () => {
    await using front = await Front.start();
    const started: string[] = [];
    const slow = gate<string>();
    front.service.mapTarget((_conn: Connection, data: Buffer) => {
      started.push(`slow ${data}`);
      return slow.promise;
    }, 1);
    front.service.mapTarget((_conn: Connection, data: Buffer) => {
      started.push(`quick ${data}`);
      return 'quick';
    }, 2);
    const client = await front.connect();
    client.send([1, 'a'], [2, 'b'], [1, 'c'], [2, 'd']);
    await client.framesReach(2);
    assert.deepEqual(client.texts, ['2:quick', '2:quick']);
    slow.open('slow');
    await client.framesReach(4);
    assert.deepEqual(started, ['slow a', 'quick b', 'slow c', 'quick d']);
    assert.deepEqual(client.texts.slice(2), ['1:slow', '1:slow']);
  });

  it('of a serial service are in arrival order, each session for itself', async () => {
    await using front = await Front.start();
    front.factory.addServiceChannel(new CommandService('serial', { serial: true }));
    const slow = gate<string>();
    front.service.mapTarget(() => slow.promise, 1);
    front.service.mapTarget(() => 'quick', 2);
    const [held, free] = [await front.connect(), await front.connect()];
    held.send([1], [2]);
    await until(() => front.factory.stats.inFlight === 2, 'both requests to be taken');
    free.send([2]);
    await free.framesReach(1);
    assert.deepEqual(held.texts, []);
    slow.open('slow');
    await held.framesReach(2);
    assert.deepEqual(held.texts, ['1:slow', '2:quick']);
  });

  it('follow the protocol that is set, also on open connections', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => 'ok', 1);
    const dw = new DataPackProtoc(78, 37, 38, 48, 9, 0);
    const client = await front.connect(dw);
    front.factory.setDataProtocol(dw);
    client.send([1]);
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['1:ok']);
  });

  it('for a client that has left are dropped quietly', async () => {
    await using front = await Front.start();
    const slow = gate<string>();
    front.service.mapTarget(() => slow.promise, 1);
    const client = await front.connect();
    client.send([1]);
    await until(() => front.factory.stats.inFlight === 1, 'the request');
    client.socket.resetAndDestroy();
    await until(() => front.factory.stats.connections === 0, 'the connection to go');
    slow.open('too late');
    await until(() => front.factory.stats.inFlight === 0, 'the handler to end');
    assert.deepEqual(front.said(''), []);
  });

  it('reach a client that has closed only its sending side', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => 'now', 1);
    front.service.mapTarget(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 'later';
    }, 2);
    const client = await front.connect();
    client.socket.allowHalfOpen = true;
    client.send([1], [2]);
    client.socket.end();
    await client.framesReach(2);
    await until(() => front.factory.stats.connections === 0, 'the connection to go');
    assert.deepEqual(client.texts, ['1:now', '2:later']);
  });

  it('that a handler gives after it closed the connection are still delivered', async () => {
    await using front = await Front.start();
    front.service.mapTarget((conn: Connection) => {
      conn.loseConnection('bye');
      assert.equal(conn.isOpen, false);
      return 'bye';
    }, 1);
    const client = await front.connect();
    client.send([1], [1]);
    await client.isClosed();
    assert.deepEqual(client.texts, ['1:bye']);
  });
});

describe('a command without a handler', () => {
  it('is counted, named in the log once a second at most, and gets no answer', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => 'ok', 1);
    const client = await front.connect();
    client.send([9_999], [9_999], [8_888], [1]);
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['1:ok']);
    assert.equal(await front.metric('firefly_net_unknown_commands_total'), 3);
    assert.equal(front.said('has no handler').length, 1);
    await front.factory.close(0);
    assert.deepEqual(
      front.said('has no handler').map((line) => line.count),
      [1, 2],
    );
  });

  it('goes to the catch-all where there is one', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => 'own', 1);
    front.service.mapCatchAll((command: number, conn: Connection, data: Buffer) => `${command} ${conn.id} ${data}`);
    const client = await front.connect();
    client.send([1], [7, 'x']);
    await client.framesReach(2);
    assert.deepEqual(client.texts, ['1:own', '7:7 0 x']);
  });
});

describe('a handler that throws', () => {
  it('is logged with its stack and counted, and the connection goes on, where Colyseus left the room stuck', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => {
      throw new Error('at once');
    }, 1);
    front.service.mapTarget(async () => {
      throw new Error('later');
    }, 2);
    const circle: unknown[] = [];
    circle.push(circle);
    front.service.mapTarget(() => circle, 3);
    front.service.mapTarget(() => 10n, 4);
    front.service.mapTarget(() => () => {}, 5);
    front.service.mapTarget(() => 'ok', 6);
    const client = await front.connect();
    client.send([1], [2], [3], [4], [5], [6]);
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['6:ok']);
    assert.equal(await front.metric('firefly_net_handler_errors_total'), 5);
    assert.match(JSON.stringify(front.said('at once')), /answers\.test/);
    assert.equal(front.said('later').length, 1);
    assert.equal(front.said('').length, 5);
  });

  it('is answered by the error encoder, and a broken encoder harms nobody', async () => {
    await using front = await Front.start();
    front.service.mapTarget(() => {
      throw new PeerDown('gate', false);
    }, 1);
    front.service.mapTarget(async () => {
      throw new Error('encoder breaks');
    }, 2);
    front.service.mapTarget(() => 'ok', 3);
    front.factory.errorEncoder = (error, command, conn) => {
      if (command === 2) throw new Error('the encoder itself');
      return `${error instanceof PeerDown} ${conn.id}`;
    };
    const client = await front.connect();
    client.send([1], [2], [3]);
    await client.framesReach(2);
    assert.deepEqual(client.texts, ['1:true 0', '3:ok']);
    await until(() => front.said('error encoder failed').length === 1, 'the log line');
  });

  it('in the way it settles, or in the protocol that packs, harms nobody', async () => {
    await using front = await Front.start();
    // biome-ignore lint/suspicious/noThenProperty: a thenable that misbehaves is what is tested
    front.service.mapTarget(() => ({ then: () => assert.fail('then throws') }), 1);
    const getter = Object.defineProperty({}, 'then', { get: () => assert.fail('then cannot be read') });
    front.service.mapTarget(() => getter, 2);
    front.service.mapTarget(() => 'ok', 3);
    front.service.mapTarget(async () => 'cannot be packed', 4);
    front.factory.errorEncoder = (_error, command) => `error ${command}`;
    const client = await front.connect();
    client.send([1], [2], [3]);
    await client.framesReach(3);
    assert.deepEqual([...client.texts].sort(), ['1:error 1', '2:error 2', '3:ok']);
    class Broken extends DataPackProtoc {
      override pack(): Buffer {
        throw new Error('packs nothing');
      }
    }
    front.factory.setDataProtocol(new Broken());
    client.send([4], [3]);
    await until(() => front.said('could not be encoded').length === 2, 'both log lines');
    front.factory.setDataProtocol(new DataPackProtoc());
    client.send([3]);
    await client.framesReach(4);
  });

  it('a thousand times a second fills neither the log nor the connection', async () => {
    await using front = await Front.start({ framesPerSecond: 10_000 });
    front.service.mapTarget(() => {
      throw new Error('gate is down');
    }, 1);
    front.service.mapTarget(() => 'ok', 2);
    const client = await front.connect();
    client.send(...Array.from({ length: 1_000 }, () => [1] as const), [2]);
    await client.framesReach(1);
    assert.equal(await front.metric('firefly_net_handler_errors_total'), 1_000);
    await front.factory.close(0);
    assert.ok(front.said('gate is down').length <= 40);
    const counted = front.said('more handler errors').reduce((sum, line) => sum + Number(line.count), 0);
    assert.equal(front.said('gate is down').length + counted, 1_000);
  });
});
