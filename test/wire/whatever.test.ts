/** Whatever a handler throws or returns, its caller gets an answer and the link and the process live. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Deadline, FireflyError, QueueFull, RemoteError } from '../../src/errors';
import { Metrics } from '../../src/metrics/metrics';
import { waitFor } from '../../tools/lib/wait';
import { linkOver, linkPair, socketPair } from './support';

const error = (fields: Record<string, unknown>) => Object.assign(new Error('odd'), fields);

class OddFireflyError extends FireflyError {
  override readonly maybeExecuted = 'perhaps' as unknown as boolean;
}

const THROWN: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'a symbol': Symbol('odd'),
  'an object without a prototype': Object.create(null),
  'an object whose toString throws': {
    toString() {
      throw new Error('never said');
    },
  },
  'an error with a number for a name': error({ name: 42 }),
  'an error without a message': error({ message: undefined }),
  'an error with an object for a message': error({ message: { code: 1 } }),
  'an error with a list for a stack': error({ stack: ['a', 'b'] }),
  'an error whose stack throws': Object.defineProperty(new Error('odd'), 'stack', {
    get() {
      throw new Error('never said');
    },
  }),
  'an error with a huge name': error({ name: 'x'.repeat(100_000) }),
  'one of the framework with an odd field': new OddFireflyError('odd'),
  'a proxy that throws at every question': new Proxy(
    {},
    {
      get() {
        throw new Error('never said');
      },
    },
  ),
};

const circular: unknown[] = [];
circular.push(circular);

/** What cannot travel; the caller is told so. */
const RETURNED: Readonly<Record<string, () => unknown>> = {
  'a circular list': () => circular,
  'a symbol': () => Symbol('odd'),
  'an integer beyond 64 bits': () => 2n ** 80n,
  'a proxy that throws at every question': () => THROWN['a proxy that throws at every question'],
  'an object whose getter throws': () => ({
    get gold() {
      throw new Error('never said');
    },
  }),
  'a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: it is what this is about
    then() {
      throw new Error('oh no');
    },
  }),
};

describe('a call', () => {
  it('settles with RemoteError whatever its handler throws, at once or later, and the link lives', async () => {
    await using pair = await linkPair((target, [what]) => {
      if (target === 'throws') throw THROWN[what as string];
      return target === 'rejects' ? Promise.reject(THROWN[what as string]) : 'alive';
    });
    for (const what of Object.keys(THROWN)) {
      for (const target of ['throws', 'rejects']) {
        await assert.rejects(pair.near.link.call(target, [what]), RemoteError, `${target} ${what}`);
        pair.near.link.notify(target, [what]);
        assert.equal(await pair.near.link.call('still', []), 'alive', `${target} ${what}`);
      }
    }
    assert.equal(pair.far.link.underWay, 0);
  });

  it('settles with RemoteError when what its handler returns cannot travel, at once or later, and the link lives', async () => {
    await using pair = await linkPair((target, [what]) => {
      if (target === 'still') return 'alive';
      const value = RETURNED[what as string]?.();
      return target === 'now' ? value : Promise.resolve({ value });
    });
    for (const what of Object.keys(RETURNED)) {
      await assert.rejects(pair.near.link.call('now', [what]), RemoteError, what);
      if (what !== 'a thenable that throws') await assert.rejects(pair.near.link.call('later', [what]), RemoteError, what);
      assert.equal(await pair.near.link.call('still', []), 'alive', what);
    }
    assert.equal(pair.far.link.underWay, 0);
  });

  it('settles when its handler returns a promise of a kind of its own whose `then` throws, and no place is lost', async () => {
    class Query extends Promise<unknown> {
      // biome-ignore lint/suspicious/noThenProperty: it is what this is about
      override then(): never {
        throw new Error('run me by execute()');
      }
    }
    await using pair = await linkPair((target) => (target === 'query' ? new Query(() => {}) : 'alive'));
    await assert.rejects(pair.near.link.call('query', []), { message: 'run me by execute()' });
    assert.equal(await pair.near.link.call('still', []), 'alive');
    assert.equal(pair.far.link.underWay, 0);
  });

  it('settles once when its handler answers twice', async () => {
    await using pair = await linkPair(() => ({
      // biome-ignore lint/suspicious/noThenProperty: it is what this is about
      then(resolve: (value: string) => void, reject: (error: Error) => void) {
        resolve('first');
        resolve('second');
        reject(new Error('third'));
      },
    }));
    assert.equal(await pair.near.link.call('x', []), 'first');
    assert.equal(await pair.near.link.call('x', []), 'first');
  });

  it('needs a deadline that comes', async () => {
    await using pair = await linkPair(() => 'alive');
    for (const timeoutMs of [Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
      await assert.rejects(pair.near.link.call('x', [], { timeoutMs }), /is no deadline; give a finite number/);
    }
    assert.equal(pair.near.link.inFlight, 0);
    await assert.rejects(linkNever(-1), Deadline);
    await assert.rejects(linkNever(0), Deadline);
  });
});

async function linkNever(timeoutMs: number): Promise<void> {
  await using pair = await linkPair(() => new Promise(() => {}));
  await pair.near.link.call('x', [], { timeoutMs });
}

describe('handlers under way', () => {
  it('are counted down however they end, and not only up, as in the least-active router of Pinus', async () => {
    await using pair = await linkPair(
      async (target) => {
        if (target === 'throws') throw new Error('oh no');
        if (target === 'unfit') return circular;
        return 'fine';
      },
      { rpcInFlight: 10 },
    );
    for (let wave = 0; wave < 5; wave++) {
      const ended = ['fine', 'throws', 'unfit'].flatMap((target) =>
        Array.from({ length: 3 }, () => {
          pair.near.link.notify(target, []);
          return pair.near.link.call(target, []).catch((error: Error) => error);
        }),
      );
      const outcomes = await Promise.all(ended);
      assert.ok(outcomes.slice(0, 1).every((outcome) => outcome === 'fine' || outcome instanceof QueueFull));
      await waitFor(() => pair.far.link.underWay === 0, 'end of all handlers');
      assert.equal(pair.near.link.inFlight, 0);
    }
  });

  it('that never end are seen: by the caller, in the log and in the metrics', async () => {
    const metrics = new Metrics('test');
    const limits = { rpcInFlight: 5, heartbeatMs: 20, deadAfterMs: 60_000 };
    const [near, far] = await socketPair();
    const server = linkOver(far, 'net', (target) => (target === 'never' ? new Promise(() => {}) : 'alive'), limits, metrics);
    const { link } = linkOver(near, 'gate');
    const stuck = Array.from({ length: 5 }, () => link.call('never', [], { timeoutMs: 1 }));
    await Promise.all(stuck.map((call) => assert.rejects(call, Deadline)));
    assert.equal(server.link.underWay, 5);
    await assert.rejects(link.call('fine', []), (error) => error instanceof QueueFull && /calls of gate|calls of net/.test(error.message));
    await waitFor(() => server.lines.length > 0, 'the log line');
    assert.deepEqual(
      server.lines.map(({ event, msg }) => [event, msg]),
      [['refused', 'calls of net refused: 5 handlers are under way (limit rpcInFlight); look for one that never ends']],
    );
    assert.match(await metrics.text(), /firefly_rpc_refused_total\{node="test",peer="[^"]*"\} 1/);
    await Promise.all([link.close('end of test'), server.link.close('end of test')]);
  });
});
