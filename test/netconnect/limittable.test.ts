/** docs/operations.md says what happens at each limit on clients, what counts it and what the log says: here each is reached, and the table held to it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { Limits } from '../../src/config/config';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { readPage, rowsOf } from '../docs/page';
import { Front, gate, until } from './front';

interface Case {
  readonly value: number;
  readonly webSocket?: true;
  /** Does what comes to the limit. */
  reach(front: Front): Promise<unknown>;
}

const protocol = new DataPackProtoc();
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

async function oneTooMany(front: Front): Promise<void> {
  await front.connect();
  await (await front.connect()).isClosed();
}

const CASES: Readonly<Partial<Record<keyof Limits, Case>>> = {
  payloadBytes: {
    value: 1_000,
    async reach(front) {
      const client = await front.connect();
      client.send([1, Buffer.alloc(1_001)]);
      await client.isClosed();
    },
  },
  connections: { value: 1, reach: oneTooMany },
  connectionsPerAddress: { value: 1, reach: oneTooMany },
  framesPerSecond: {
    value: 5,
    async reach(front) {
      const client = await front.connect();
      client.send(...Array.from({ length: 10 }, () => [1, 'x'] as const));
      await client.framesReach(10);
    },
  },
  inFlightPerConnection: {
    value: 1,
    async reach(front) {
      const answer = gate<string>();
      front.service.mapTarget(() => answer.promise, 2);
      const client = await front.connect();
      client.send([2], [1, 'x']);
      await until(() => front.said('').length > 0, 'the pause');
      answer.open('done');
      await client.framesReach(2);
    },
  },
  unsentBytes: {
    value: 50_000,
    async reach(front) {
      const client = await front.connect();
      await until(() => front.factory.stats.connections === 1, 'the connection');
      client.socket.pause();
      while (front.factory.stats.connections > 0) {
        front.factory.pushObject(9, Buffer.alloc(50_000), [0]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  firstFrameMs: { value: 50, reach: async (front) => (await front.connect()).isClosed() },
  idleMs: {
    value: 50,
    async reach(front) {
      const client = await front.connect();
      client.send([1, 'x']);
      await client.isClosed();
    },
  },
  pingMs: {
    value: 50,
    webSocket: true,
    async reach(front) {
      const socket = connect({ port: front.port, host: '127.0.0.1' });
      const closed = once(socket, 'close');
      socket.on('error', () => {}).resume();
      socket.write(UPGRADE);
      socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | 18, 0, 0, 0, 0]), protocol.pack('x', 1)]));
      await closed;
    },
  },
};

/** Numbers and addresses differ from run to run. */
const pattern = (line: string) => line.replace(/\d+(\.\d+)*/g, 'N');

const ROWS = new Map(
  rowsOf(readPage('docs/operations.md')).map((cells) => [cells[0]?.trim().replaceAll('`', '') ?? '', cells.map((cell) => cell.trim())]),
);

describe('the limits on clients', () => {
  it('are all in the table of docs/operations.md, and on unless the config says otherwise', () => {
    const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
    const first = names.indexOf('payloadBytes');
    const ofClients = names.slice(first, names.indexOf('pingMs') + 1);
    assert.deepEqual(Object.keys(CASES), ofClients);
    assert.deepEqual(
      ofClients.filter((name) => !ROWS.has(name)),
      [],
    );
    assert.deepEqual(
      ofClients.filter((name) => DEFAULT_LIMITS[name] === 0),
      ['idleMs'],
    );
  });

  for (const [name, { value, webSocket, reach }] of Object.entries(CASES)) {
    it(`${name} is counted and named in the log as the table says`, async () => {
      await using front = await Front.start({ [name]: value }, webSocket ? { webSocket } : {});
      front.service.mapTarget((_conn: unknown, data: Buffer) => data, 1);
      await reach(front);
      const [, , metric = '', line = ''] = ROWS.get(name) ?? [];
      await until(() => front.said('').length > 0, 'the line in the log');
      assert.deepEqual([...new Set(front.said('').map(({ msg }) => pattern(msg)))], [pattern(line.replaceAll('`', ''))]);
      assert.ok(front.said('').every(({ limit }) => limit === name));
      assert.ok((await front.metric(metric.replaceAll('`', ''))) >= 1, metric);
    });
  }
});
