import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectRaw, GAME_HEADER, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';

interface Case {
  readonly name: string;
  readonly server: 'zero' | 'dw';
  readonly send: readonly string[];
  readonly receive: string;
  readonly closed: boolean;
}

const { cases } = JSON.parse(readFileSync(join(__dirname, '../fixtures/wire/wire-vectors.json'), 'utf8')) as { cases: Case[] };

describe('the bytes that the original server sent', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster('test/fixtures/wire/config.json');
  });
  after(() => cluster[Symbol.asyncDispose]());

  /** What comes back when the bytes arrive in these pieces; each piece is sent when the one before has left. */
  async function exchange({ server, receive, closed }: Case, pieces: readonly Buffer[]): Promise<string> {
    const client = await connectRaw({
      port: cluster.port(server === 'dw' ? 10002 : 10001),
      header: server === 'dw' ? GAME_HEADER : ZERO_HEADER,
    });
    try {
      for (const piece of pieces) {
        client.raw(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (closed) return (await client.rest()).toString('hex');
      const answer = (await client.bytes(receive.length / 2)).toString('hex');
      assert.equal(client.isOpen, true, 'the connection stays open');
      return answer;
    } finally {
      client.close();
    }
  }

  for (const vector of cases) {
    it(`${vector.name}, in the segments of the capture`, async () => {
      const answer = await exchange(
        vector,
        vector.send.map((hex) => Buffer.from(hex, 'hex')),
      );
      assert.equal(answer, vector.receive);
    });

    it(`${vector.name}, split at every byte`, async () => {
      const bytes = Buffer.from(vector.send.join(''), 'hex');
      const splits = Array.from({ length: bytes.length - 1 }, (_, at) => [bytes.subarray(0, at + 1), bytes.subarray(at + 1)]);
      const answers = await Promise.all(splits.map((pieces) => exchange(vector, pieces)));
      for (const [at, answer] of answers.entries()) assert.equal(answer, vector.receive, `split after byte ${at + 1}`);
    });
  }

  it('is the same when every byte is a segment of its own', async () => {
    for (const vector of cases) {
      const pieces = [...Buffer.from(vector.send.join(''), 'hex')].map((byte) => Buffer.of(byte));
      assert.equal(await exchange(vector, pieces), vector.receive, vector.name);
    }
  });
});
