import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { Front, until } from './front';

describe('pushObject', () => {
  it('sends one message to many, encoded once, where Firefly encodes it for each', async () => {
    await using front = await Front.start();
    let packed = 0;
    class Counting extends DataPackProtoc {
      override pack(response: Buffer | string, command: number): Buffer {
        packed += 1;
        return super.pack(response, command);
      }
    }
    front.factory.setDataProtocol(new Counting());
    const clients = await Promise.all(Array.from({ length: 20 }, () => front.connect()));
    await until(() => front.factory.stats.connections === 20, 'all connections');
    front.factory.pushObject(
      905,
      'hello',
      clients.map((_, id) => id),
    );
    for (const client of clients) {
      await client.framesReach(1);
      assert.deepEqual(client.texts, ['905:hello']);
    }
    assert.equal(packed, 1);
    await front.factory.close(0);
    assert.equal(await front.metric('firefly_net_pushes_total'), 20);
  });

  it('passes over unknown ids, sends twice to an id named twice, and takes bytes, strings and what has a JSON form', async () => {
    await using front = await Front.start();
    const client = await front.connect();
    await until(() => front.factory.stats.connections === 1, 'the connection');
    front.factory.pushObject(1, 'twice', [0, 7, 0, -1]);
    front.factory.pushObject(2, '', [0]);
    front.factory.pushObject(3, Buffer.from('bytes'), [0]);
    front.factory.connmanager.pushObject(4, { x: 1 }, [0]);
    front.factory.connmanager.getConnectionByID(0)?.safeToWriteData(0xffff_ffff, 'direct');
    await client.framesReach(6);
    assert.deepEqual(client.texts, ['1:twice', '1:twice', '2:', '3:bytes', '4:{"x":1}', '4294967295:direct']);
    assert.equal(client.reads.length, 1);
  });

  it('goes through its receivers once, and writes once to each', async () => {
    await using front = await Front.start();
    const clients = await Promise.all(Array.from({ length: 50 }, () => front.connect()));
    await until(() => front.factory.stats.connections === 50, 'all connections');
    let given = 0;
    function* receivers() {
      for (let id = 0; id < 50; id++) {
        given += 1;
        yield id;
      }
    }
    front.factory.pushObject(905, Buffer.alloc(1_000), receivers());
    assert.equal(given, 50);
    for (const client of clients) {
      await client.framesReach(1);
      assert.deepEqual(client.reads, [1_017]);
    }
  });

  it('sends nothing for null and undefined', async () => {
    await using front = await Front.start();
    const client = await front.connect();
    await until(() => front.factory.stats.connections === 1, 'the connection');
    front.factory.pushObject(1, null, [0]);
    front.factory.pushObject(1, undefined, [0]);
    front.factory.connmanager.getConnectionByID(0)?.safeToWriteData(1, null);
    front.factory.pushObject(1, 'end', [0]);
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['1:end']);
  });

  it('logs a topic that does not fit and a message that cannot be encoded, and throws nothing', async () => {
    await using front = await Front.start();
    const client = await front.connect();
    await until(() => front.factory.stats.connections === 1, 'the connection');
    for (const topic of [-1, 2 ** 32, 1.5, Number.NaN]) front.factory.pushObject(topic, 'x', [0]);
    front.factory.pushObject(1, 1n, [0]);
    front.factory.pushObject(2, 'end', [0]);
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['2:end']);
    assert.equal(front.said('was not sent').length, 5);
  });

  it('and loseConnection: what was pushed before arrives, then the connection closes', async () => {
    await using front = await Front.start();
    const client = await front.connect();
    await until(() => front.factory.stats.connections === 1, 'the connection');
    front.factory.pushObject(905, 'logged in elsewhere', [0]);
    front.factory.loseConnection(0, 'logged in elsewhere');
    front.factory.loseConnection(99);
    await client.isClosed();
    assert.deepEqual(client.texts, ['905:logged in elsewhere']);
  });
});
