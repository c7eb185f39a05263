import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { Front, until } from './front';
import { WsClient } from './wsclient';

interface Case {
  readonly name: string;
  readonly server: 'zero' | 'dw';
  readonly send: readonly string[];
  readonly receive: string;
  readonly closed: boolean;
}

const { cases }: { cases: Case[] } = JSON.parse(readFileSync(join(__dirname, '../fixtures/wire/wire-vectors.json'), 'utf8'));

const protocols = { zero: new DataPackProtoc(), dw: new DataPackProtoc(78, 37, 38, 48, 9, 0) };

async function startServer(server: 'zero' | 'dw', webSocket: boolean): Promise<Front> {
  const front = await Front.start({ connectionsPerAddress: 10_000 }, { webSocket });
  front.factory.setDataProtocl(protocols[server]);
  front.service.mapTarget(() => 'netHandle_100 completed', 100);
  front.service.mapTarget(async () => 'gateHandle Completed', 200);
  front.service.mapTarget(async () => 'game1Handle completed', 300);
  front.service.mapTarget((_conn: unknown, data: Buffer) => data, 114);
  front.service.mapTarget(() => 'cmd zero', 0);
  front.service.mapTarget(() => 'max', 4_294_967_295);
  front.service.mapTarget(async (_conn: unknown, data: Buffer) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return `later:${data}`;
  }, 110);
  return front;
}

/** Sends each segment when the one before has been read, and checks every byte that comes back. */
async function check(front: Front, item: Case, segments: readonly Buffer[]): Promise<void> {
  const client = await front.connect(protocols[item.server]);
  const expected = Buffer.from(item.receive, 'hex');
  for (const segment of segments) {
    client.sendRaw(segment);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await client.bytesReach(expected.length);
  if (item.closed) await client.isClosed();
  assert.equal(client.bytes.toString('hex'), item.receive);
  if (item.closed) return;
  // Whatever else it would have sent comes before the answer to one more request.
  client.send([114, 'still here']);
  await client.bytesReach(expected.length + 27);
  assert.equal(client.bytes.subarray(0, expected.length).toString('hex'), item.receive);
  assert.equal(client.texts.at(-1), '114:still here');
  client.socket.destroy();
  await client.closed;
}

describe('the original server, byte for byte', () => {
  let fronts: Record<'zero' | 'dw', Front>;
  before(async () => {
    fronts = { zero: await startServer('zero', false), dw: await startServer('dw', false) };
  });
  after(async () => {
    await fronts.zero[Symbol.asyncDispose]();
    await fronts.dw[Symbol.asyncDispose]();
  });

  for (const item of cases) {
    const front = () => fronts[item.server];
    const bytes = Buffer.from(item.send.join(''), 'hex');

    it(item.name, () =>
      check(
        front(),
        item,
        item.send.map((segment) => Buffer.from(segment, 'hex')),
      ),
    );

    it(`${item.name}: split in two at any byte`, async () => {
      const halves = Array.from({ length: bytes.length - 1 }, (_, at) => [bytes.subarray(0, at + 1), bytes.subarray(at + 1)]);
      await Promise.all(halves.map((segments) => check(front(), item, segments)));
    });

    it(`${item.name}: byte by byte, and split anyhow`, async () => {
      await check(
        front(),
        item,
        [...bytes].map((byte) => Buffer.of(byte)),
      );
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 })), async (cuts) => {
          const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
          await check(
            front(),
            item,
            edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge)),
          );
        }),
        { numRuns: 5 },
      );
    });
  }

  it('leaves nothing behind', async () => {
    const stats = () => [fronts.zero, fronts.dw].flatMap((front) => Object.values(front.factory.stats));
    await until(() => stats().every((held) => held === 0), 'both fronts to be empty');
  });
});

describe('the original server, byte for byte, over WebSocket', () => {
  for (const item of cases) {
    it(item.name, async () => {
      await using front = await startServer(item.server, true);
      using client = await WsClient.connect(front.port, { codec: protocols[item.server] });
      // A message holds whole frames: what the capture split goes in one.
      client.ws.send(Buffer.from(item.send.join(''), 'hex'));
      const expected = item.receive.length / 2;
      await until(() => client.bytes.length >= expected, 'the answers');
      if (item.closed) assert.equal((await client.isClosed()).code, 1002);
      assert.equal(client.bytes.toString('hex'), item.receive);
      if (item.closed) return;
      client.send([114, 'still here']);
      await until(() => client.bytes.length >= expected + 27, 'one more answer');
      assert.equal(client.bytes.subarray(0, expected).toString('hex'), item.receive);
      assert.equal(client.texts.at(-1), '114:still here');
    });
  }
});
