/** A client that sends faster than it is answered is held back by TCP, one that does not read is closed, and neither costs the others or the server's memory. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { describe, it } from 'node:test';
import { memoryUsed } from '../helpers/heap';
import { Front, gate, orLate, until } from './front';

const MIB = 1024 * 1024;
const PAYLOAD = 32 * 1024;
/** What a connection may hold of a client: the requests in flight, each with the chunk of 64 KiB it was read in, and some room. */
const MOST = 64 * 64 * 1024 + 4 * MIB;

/** `flooder.ts` in its process. */
class Flooder implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly gone: Promise<unknown>;

  constructor(port: number, kind: string, payloadBytes: number) {
    const child = spawn(process.execPath, [join(__dirname, 'flooder.js'), `${port}`, kind, `${payloadBytes}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    this.gone = once(child, 'exit');
  }

  /** Waits until it can send no more. @returns the bytes that it has sent */
  async isHeld(): Promise<number> {
    let same = 0;
    let last = -1;
    for await (const line of this.#lines) {
      same = Number(line) === last ? same + 1 : 0;
      last = Number(line);
      if (same === 5) return last;
    }
    throw new Error('the flooder has ended');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.gone;
  }
}

for (const kind of ['tcp', 'websocket'] as const) {
  const options = kind === 'websocket' ? { webSocket: true } : {};

  describe(`a client that floods over ${kind} and reads nothing`, () => {
    it('is held back while handlers are at work, where requests of Moleculer piled up, and served when they answer', async () => {
      await using front = await Front.start({ framesPerSecond: 1_000_000 }, options);
      const waiting: ReturnType<typeof gate<undefined>>[] = [];
      let isOpen = false;
      let started = 0;
      front.service.mapTarget(() => {
        started += 1;
        if (isOpen) return undefined;
        const answer = gate<undefined>();
        waiting.push(answer);
        return answer.promise;
      }, 1);
      const before = memoryUsed();
      await using flooder = new Flooder(front.port, kind, PAYLOAD);
      await until(() => front.said('inFlightPerConnection = 64').length === 1, 'the pause');
      const sent = await orLate(flooder.isHeld(), 'the client to be held back');
      assert.equal(started, 64);
      assert.ok(sent > 64 * PAYLOAD, `${sent} bytes are sent`);
      const growth = memoryUsed() - before;
      assert.ok(growth < MOST, `memory grew by ${growth} bytes`);
      isOpen = true;
      for (const { open } of waiting) open(undefined);
      await until(() => started > 1_000, 'the rest to be served');
      assert.equal(front.said('').length, 1);
    });

    it('is held back at its rate, with memory flat', async () => {
      await using front = await Front.start({}, options);
      let served = 0;
      front.service.mapTarget(() => {
        served += 1;
      }, 1);
      const before = memoryUsed();
      await using _flooder = new Flooder(front.port, kind, PAYLOAD);
      await until(() => served > 300, 'frames above one second of the rate');
      const growth = memoryUsed() - before;
      assert.ok(growth < MOST, `memory grew by ${growth} bytes`);
      assert.equal(front.said('framesPerSecond = 200').length, 1);
    });

    it('is closed when its answers pile up, and leaves nothing', async () => {
      await using front = await Front.start({ framesPerSecond: 1_000_000 }, options);
      const before = memoryUsed();
      let served = 0;
      let most = 0;
      front.service.mapTarget((_conn: unknown, data: Buffer) => {
        served += 1;
        if (served % 16 === 0) most = Math.max(most, memoryUsed() - before);
        return data;
      }, 1);
      await using flooder = new Flooder(front.port, kind, PAYLOAD);
      await orLate(flooder.gone, 'the client to be closed');
      assert.equal(front.said('unsentBytes = 1048576').length, 1);
      await until(() => Object.values(front.factory.stats).every((held) => held === 0), 'the front to be empty');
      assert.ok(most > 0 && most < 4 * MIB, `memory grew by ${most} bytes`);
    });
  });
}

describe('a slow reader among a hundred', () => {
  it('is closed at its bound; the others get every push in order, and pushing never waits, as it does in Pitaya', async () => {
    // Nobody here says anything, and on a busy machine that takes longer than a silent client may stay.
    await using front = await Front.start({ unsentBytes: 256 * 1024, firstFrameMs: 0 });
    const slow = await front.connect();
    slow.socket.pause();
    const others = await Promise.all(Array.from({ length: 100 }, () => front.connect()));
    await until(() => front.factory.stats.connections === 101, 'all connections');
    const everybody = Array.from({ length: 101 }, (_, id) => id);
    const message = Buffer.alloc(PAYLOAD, 'm');
    let pushed = 0;
    const push = async () => {
      pushed += 1;
      assert.equal(front.factory.pushObject(pushed, message, everybody), undefined);
      for (const other of others) await other.framesReach(pushed);
    };
    while (front.factory.stats.connections > 100) await push();
    for (let more = 0; more < 5; more++) await push();
    for (const other of others) {
      assert.deepEqual(
        other.frames.map(({ command }) => command),
        Array.from({ length: pushed }, (_, i) => i + 1),
      );
      assert.ok(other.frames.every(({ payload }) => payload.length === PAYLOAD));
    }
    assert.equal(front.said('unsentBytes = 262144').length, 1);
    assert.equal(front.said('').length, 1);
    assert.equal(await front.metric('firefly_net_closed_slow_total'), 1);
  });
});
