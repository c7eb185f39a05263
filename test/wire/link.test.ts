import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline, NoSuchTarget, PeerDown, QueueFull, RemoteError, TooLarge } from '../../src/errors';
import { Metrics } from '../../src/metrics/metrics';
import { gate, linkOver, linkPair, socketPair } from './support';

const never = () => new Promise<never>(() => {});
const reason = (result: PromiseSettledResult<unknown>) => (result.status === 'rejected' ? result.reason : undefined);

describe('a call', () => {
  it('settles with the value of its target, given at once or later', async () => {
    await using pair = await linkPair((target, args) => (target === 'later' ? delay(1, args) : [target, ...args]));
    assert.deepEqual(await pair.near.link.call('now', [1, 'two', Buffer.from('3'), { four: 4 }, null, undefined]), [
      'now',
      1,
      'two',
      Buffer.from('3'),
      { four: 4 },
      null,
      undefined,
    ]);
    assert.deepEqual(await pair.near.link.call('later', [true]), [true]);
    assert.deepEqual(await pair.near.link.call(4_294_967_295, []), [4_294_967_295]);
    assert.equal(pair.near.link.inFlight, 0);
  });

  it('settles with an empty value as that value: not every nothing is undefined', async () => {
    await using pair = await linkPair((_, [value]) => value);
    for (const value of ['', 0, false, null, undefined]) assert.equal(await pair.near.link.call('echo', [value]), value);
    assert.deepEqual(await pair.near.link.call('echo', [[]]), []);
    assert.deepEqual(await pair.near.link.call('echo', [Buffer.alloc(0)]), Buffer.alloc(0));
  });

  it('settles with RemoteError when the target throws or rejects, with name, message and stack of over there', async () => {
    await using pair = await linkPair((target) => {
      const error = new RangeError(`no ${target}`);
      if (target === 'rejects') return Promise.reject(error);
      throw error;
    });
    for (const target of ['throws', 'rejects']) {
      await assert.rejects(pair.near.link.call(target, []), (error) => {
        assert.ok(error instanceof RemoteError);
        assert.deepEqual([error.remoteName, error.message, error.maybeExecuted], ['RangeError', `no ${target}`, true]);
        assert.match(error.remoteStack ?? '', /link\.test/);
        return true;
      });
    }
  });

  it('settles with an error that fits when what is thrown is huge or cannot be encoded', async () => {
    await using pair = await linkPair(
      (target) => {
        if (target === 'huge') throw new Error('x'.repeat(100_000));
        if (target === 'text') throw 'a text';
        throw new NoSuchTarget('service', (2n ** 80n) as unknown as string);
      },
      { rpcFrameBytes: 1024 },
    );
    await assert.rejects(pair.near.link.call('huge', []), RemoteError);
    await assert.rejects(pair.near.link.call('text', []), { message: 'a text' });
    await assert.rejects(pair.near.link.call('other', []), RemoteError);
  });

  it('settles with NoSuchTarget as that class', async () => {
    await using pair = await linkPair((target) => {
      throw new NoSuchTarget('game', target);
    });
    await assert.rejects(pair.near.link.call('nowhere', []), NoSuchTarget);
  });

  it('settles with Deadline when there is no answer in time, and a late answer harms nothing', async () => {
    const late = gate<string>();
    await using pair = await linkPair((target) => (target === 'late' ? late.promise : 'here'));
    await assert.rejects(pair.near.link.call('late', [], { timeoutMs: 20 }), (error) => error instanceof Deadline && error.maybeExecuted);
    late.open('too late');
    assert.equal(await pair.near.link.call('other', []), 'here');
    assert.ok(pair.near.link.isOpen);
  });

  it('that came to a deadline of its own is not said to have come to the limit', async () => {
    await using pair = await linkPair(() => new Promise(() => {}), { rpcDeadlineMs: 60, heartbeatMs: 20, deadAfterMs: 60_000 });
    const calls = [20, 40, 59.5, undefined].map((ms) => pair.near.link.call('late', [], ms === undefined ? {} : { timeoutMs: ms }));
    for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[])
      assert.ok(status === 'rejected' && reason instanceof Deadline);
    const told = () => pair.near.lines.map(({ msg }) => msg).filter((msg) => msg.includes('without an answer in time'));
    const count = () => told().reduce((sum, msg) => sum + Number(/time: (\d+)/.exec(msg)?.[1]), 0);
    while (count() < 4) await delay(5);
    const own = told().filter((msg) => msg.includes('the deadline that each was given'));
    assert.ok(own.length > 0 && own.every((msg) => /time: \d \(within (20|40|20 to 40) ms,/.test(msg)), told().join('\n'));
    assert.match(told().join('\n'), /\(limit rpcDeadlineMs = 60\)/);
  });

  it('settles once when the peer answers it twice, and answers that nobody asked for harm nothing', async () => {
    const [near, far] = await socketPair();
    const { link, closed } = linkOver(near, 'far');
    const result = (id: number, value: number) => Buffer.from([0, 0, 0, 10, 19, 0, 0, 0, id, 4, 0, 0, 0, value]);
    const error = (id: number) =>
      Buffer.concat([Buffer.from([0, 0, 0, 23, 20, 0, 0, 0, id]), Buffer.from('82a46e616d65a145a76d657373616765a16d', 'hex')]);
    const first = link.call('x', []);
    const second = link.call('x', []);
    far.on('error', () => {}).write(Buffer.concat([result(1, 11), result(1, 12), error(1), result(99, 13), error(98), result(2, 22)]));
    assert.deepEqual(await Promise.all([first, second]), [11, 22]);
    assert.equal(link.inFlight, 0);
    assert.ok(link.isOpen);
    far.destroy();
    assert.equal((await closed).code, 'lost');
  });

  it('keeps its own deadline beside calls with longer ones', async () => {
    await using pair = await linkPair(never);
    const long = pair.near.link.call('long', []);
    const settled: string[] = [];
    await Promise.all(
      [60, 5, 30].map((timeoutMs) => pair.near.link.call('short', [], { timeoutMs }).catch((e: Deadline) => settled.push(`${e.ms}`))),
    );
    assert.equal(settled.length, 3);
    assert.equal(pair.near.link.inFlight, 1);
    pair.near.link.close('enough').catch(() => {});
    await assert.rejects(long, PeerDown);
  });

  it('settles with an error when an argument cannot be encoded, and the link lives', async () => {
    await using pair = await linkPair((_, args) => args);
    const circular: unknown[] = [];
    circular.push(circular);
    await assert.rejects(pair.near.link.call('echo', ['before', circular]), RangeError);
    await assert.rejects(pair.near.link.call('echo', [Symbol('s')]), Error);
    await assert.rejects(pair.near.link.call(-1, []), RangeError);
    await assert.rejects(pair.near.link.call('', []), RangeError);
    const sender = {
      get x() {
        pair.near.link.notify('nested', []);
        return 1;
      },
    };
    await assert.rejects(pair.near.link.call('echo', [sender]), /must not itself send/);
    assert.deepEqual(await pair.near.link.call('echo', ['after']), ['after']);
  });
});

describe('the frame limit', () => {
  it('refuses an oversized argument with TooLarge, not sent, and the link lives', async () => {
    await using pair = await linkPair((_, args) => args.length, { rpcFrameBytes: 10_000 });
    for (const large of [Buffer.alloc(10_001), 'x'.repeat(10_001), { text: 'x'.repeat(10_001) }]) {
      await assert.rejects(pair.near.link.call('take', [1, large]), (error) => error instanceof TooLarge && !error.maybeExecuted);
      assert.throws(() => pair.near.link.notify('take', [large]), TooLarge);
    }
    assert.equal(await pair.near.link.call('take', [1, 2]), 2);
  });

  it('turns an oversized result into TooLarge for the caller, and the link lives', async () => {
    await using pair = await linkPair((_, [size]) => Buffer.alloc(size as number), { rpcFrameBytes: 10_000 });
    await assert.rejects(pair.near.link.call('give', [10_000]), (error) => error instanceof TooLarge && error.maybeExecuted);
    assert.deepEqual(await pair.near.link.call('give', [9000]), Buffer.alloc(9000));
  });

  it('lets a frame of many megabytes through', async () => {
    await using pair = await linkPair((_, [bytes]) => bytes);
    const bytes = Buffer.alloc(15_000_000, 'firefly');
    assert.ok(bytes.equals((await pair.near.link.call('echo', [bytes])) as Buffer));
  });
});

describe('the bounds of a link', () => {
  it('refuse calls above the number in flight with QueueFull, and take more once some have settled', async () => {
    const hold = gate();
    await using pair = await linkPair(() => hold.promise, { rpcInFlight: 10 });
    const calls = Array.from({ length: 30 }, () => pair.near.link.call('hold', []));
    assert.equal(pair.near.link.inFlight, 10);
    hold.open();
    const results = await Promise.allSettled(calls);
    assert.equal(results.filter((r) => reason(r) instanceof QueueFull).length, 20);
    assert.equal(await pair.near.link.call('hold', []), undefined);
  });

  it('refuse calls and notifications above the queued bytes with QueueFull, and nothing grows', async () => {
    const [near, far] = await socketPair();
    const limits = { rpcQueuedBytes: 100_000 };
    const { link } = linkOver(near, 'far', undefined, limits);
    far.pause();
    let refused = 0;
    for (let i = 0; i < 10_000; i++) {
      try {
        link.notify('data', [Buffer.alloc(5000)]);
      } catch (error) {
        assert.ok(error instanceof QueueFull);
        refused++;
      }
      assert.ok(link.queuedBytes <= limits.rpcQueuedBytes);
    }
    assert.ok(refused > 1000);
    await assert.rejects(link.call('data', [Buffer.alloc(100_000)]), QueueFull);
    far.on('error', () => {}).resume();
    await once(far, 'data');
    far.destroy();
    await link.close('end of test');
  });

  it('answer QueueFull for calls above the number that may be under way here', async () => {
    const hold = gate();
    const [near, far] = await socketPair();
    const { link: server } = linkOver(far, 'near', () => hold.promise, { rpcInFlight: 5 });
    const { link } = linkOver(near, 'far');
    const calls = Array.from({ length: 8 }, () => link.call('hold', []));
    const refused = await Promise.allSettled(calls.slice(5));
    assert.ok(refused.every((r) => reason(r) instanceof QueueFull));
    hold.open();
    assert.equal((await Promise.allSettled(calls.slice(0, 5))).filter((r) => r.status === 'fulfilled').length, 5);
    await Promise.all([link.close('end of test'), server.close('end of test')]);
  });

  it('close the link of a peer that does not read its replies, with the code overload', async () => {
    const [near, far] = await socketPair();
    const server = linkOver(far, 'near', () => Buffer.alloc(60_000), { rpcQueuedBytes: 1_000_000 });
    const client = linkOver(near, 'far', undefined, { heartbeatMs: 1000, deadAfterMs: 60_000 });
    const calls = Array.from({ length: 1000 }, () => client.link.call('give', []));
    near.pause();
    assert.equal((await server.closed).code, 'overload');
    near.resume();
    const results = await Promise.allSettled(calls);
    assert.ok(results.some((r) => reason(r) instanceof PeerDown));
    await client.link.close('end of test');
  });

  it('bound the target names of one link with a clear error', async () => {
    await using pair = await linkPair((target) => target);
    for (let i = 0; i < 4096; i++) pair.near.link.notify(`target ${i}`, []);
    await assert.rejects(pair.near.link.call('one more', []), /more than 4096 target names/);
    assert.equal(await pair.near.link.call('target 4095', []), 'target 4095');
  });
});

describe('order', () => {
  it('of calls and notifications is the order sent, under load', async () => {
    const seen: number[] = [];
    await using pair = await linkPair((_, [n]) => {
      seen.push(n as number);
      return n;
    });
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 20_000; i++) {
      if (i % 3 === 0) pair.near.link.notify(i % 2 ? 'a' : 'b', [i, Buffer.alloc(i % 500)]);
      else calls.push(pair.near.link.call(i % 2 ? 'a' : 7, [i]));
      if (i % 1000 === 0) await calls.at(-1);
    }
    const answers = (await Promise.all(calls)) as number[];
    assert.deepEqual(
      seen,
      Array.from({ length: 20_000 }, (_, i) => i),
    );
    assert.deepEqual(
      answers,
      seen.filter((i) => i % 3 !== 0),
    );
  });

  it('of replies is the order in which they are produced', async () => {
    const slow = gate();
    await using pair = await linkPair((target) => (target === 'slow' ? slow.promise : undefined));
    const settled: string[] = [];
    const calls = ['slow', 'quick', 'quicker'].map((target) => pair.near.link.call(target, []).then(() => settled.push(target)));
    await calls[2];
    slow.open();
    await Promise.all(calls);
    assert.deepEqual(settled, ['quick', 'quicker', 'slow']);
  });
});

describe('the end of a link', () => {
  it('rejects every pending call in the turn in which the socket closes; a call not handed to the socket was surely not executed', async () => {
    await using pair = await linkPair(never);
    const sent = Array.from({ length: 100 }, () => pair.near.link.call('never', []));
    await new Promise(setImmediate);
    const unsent = pair.near.link.call('never', []);
    const outcomes = Promise.allSettled([...sent, unsent]);
    pair.near.socket.emit('error', new Error('cut'));
    assert.equal(pair.near.link.inFlight, 0);
    const down = (await outcomes).map(reason);
    assert.ok(down.every((error) => error instanceof PeerDown && (error.cause as Error).message === 'cut'));
    assert.deepEqual(
      down.map((error) => error.maybeExecuted),
      [...sent.map(() => true), false],
    );
    assert.equal((await pair.near.closed).code, 'lost');
  });

  it('tells each side once, with the reason that was given', async () => {
    await using pair = await linkPair(never);
    await pair.near.link.close('going home');
    assert.deepEqual(await pair.near.closed, { code: 'closed', message: 'going home' });
    assert.deepEqual(await pair.far.closed, { code: 'closed', message: 'near closed the link: going home' });
  });

  it('delivers what was queued before it', async () => {
    const seen: unknown[] = [];
    await using pair = await linkPair((_, args) => seen.push(...args));
    for (let i = 0; i < 1000; i++) pair.near.link.notify('count', [i]);
    await pair.near.link.close('all said');
    await pair.far.closed;
    assert.equal(seen.length, 1000);
  });

  it('refuses what comes after it with PeerDown, surely not executed', async () => {
    await using pair = await linkPair(never);
    await pair.near.link.close('over');
    await assert.rejects(pair.near.link.call('x', []), (error) => error instanceof PeerDown && !error.maybeExecuted);
    assert.throws(() => pair.near.link.notify('x', []), PeerDown);
  });

  it('leaves no listener, timer or pending call behind', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'TCPSocketWrap').length;
    const pair = await linkPair(never);
    const calls = Promise.allSettled(Array.from({ length: 10 }, () => pair.near.link.call('never', [])));
    await Promise.all([pair.near.link.close('over'), pair.far.link.close('over')]);
    await calls;
    for (const { socket, link } of [pair.near, pair.far]) {
      assert.equal(link.inFlight, 0);
      for (const event of ['data', 'error']) assert.equal(socket.listenerCount(event), 0, event);
    }
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'TCPSocketWrap').length;
    assert.ok(after <= before, `${after} resources, ${before} before`);
  });

  it('comes with a malformed frame: that link is closed with a reason, its pending calls are rejected, others live', async () => {
    const head = (length: number, ...bytes: number[]) => Buffer.from([0, 0, 0, length, ...bytes]);
    const malformed: Record<string, Buffer> = {
      'a huge length': Buffer.from([0xff, 0xff, 0xff, 0xff, 17]),
      'an unknown kind': head(1, 99),
      'a frame of the handshake': head(1, 1),
      'a call that ends too early': head(3, 17, 0, 0),
      'a name that was never given': head(12, 17, 0, 0, 0, 1, 0, 0, 0, 0, 9, 0, 0),
      'a result with an unknown tag': head(6, 19, 0, 0, 0, 1, 77),
      'an error that is none': head(6, 20, 0, 0, 0, 1, 0xc0),
      'bytes behind a ping': head(2, 21, 0),
      'an empty name': head(1, 16),
      'an HTTP request': Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    };
    await using other = await linkPair(() => 'alive');
    for (const [what, bytes] of Object.entries(malformed)) {
      const [near, far] = await socketPair();
      const end = linkOver(far, 'near');
      const call = end.link.call('x', []);
      near.on('error', () => {}).resume();
      near.write(bytes);
      const [result] = await Promise.allSettled([call]);
      assert.ok(reason(result as PromiseSettledResult<unknown>) instanceof PeerDown, what);
      assert.equal((await end.closed).code, 'malformed', what);
      near.destroy();
      await end.link.close('end of test');
    }
    assert.equal(await other.near.link.call('x', []), 'alive');
  });
});

describe('heartbeats', () => {
  const limits = { heartbeatMs: 20, deadAfterMs: 80 };

  it('find a peer that is silent although its socket is open, and reject what is pending', async () => {
    const [near, far] = await socketPair();
    far.on('error', () => {}).resume();
    const end = linkOver(near, 'far', undefined, limits);
    await assert.rejects(end.link.call('x', []), PeerDown);
    assert.equal((await end.closed).code, 'dead');
    far.destroy();
  });

  it('keep an idle link alive', async () => {
    await using pair = await linkPair(() => 'still here', limits);
    await delay(300);
    assert.equal(await pair.near.link.call('x', []), 'still here');
  });

  it('and deadlines do not care about a clock that jumps', async (t) => {
    await using pair = await linkPair((target) => (target === 'never' ? never() : 'still here'), limits);
    let now = Date.now();
    t.mock.method(Date, 'now', () => {
      now = -now * 2;
      return now;
    });
    const call = pair.near.link.call('never', [], { timeoutMs: 500 });
    await delay(200);
    assert.equal(await pair.near.link.call('x', []), 'still here');
    assert.equal(pair.near.link.inFlight, 1);
    await assert.rejects(call, Deadline);
  });

  it('do not call a peer dead because this process was stuck', async () => {
    await using pair = await linkPair(() => 'still here', limits);
    const until = performance.now() + 200;
    while (performance.now() < until);
    await delay(30);
    assert.equal(await pair.near.link.call('x', []), 'still here');
  });
});

describe('notifications', () => {
  it('that fail are in the log with their target, and harm nothing', async () => {
    await using pair = await linkPair((target) => {
      if (target === 'bad') throw new Error('oh no');
      return 'fine';
    });
    pair.near.link.notify('bad', []);
    assert.equal(await pair.near.link.call('good', []), 'fine');
    assert.deepEqual(
      pair.far.lines.map(({ event, msg }) => [event, msg]),
      [['notification', 'notification bad of near failed']],
    );
  });

  it('above the number that may be under way here are dropped, counted and in the log once', async () => {
    const hold = gate();
    let started = 0;
    const limits = { rpcInFlight: 5, heartbeatMs: 20, deadAfterMs: 60_000 };
    await using pair = await linkPair(() => {
      started++;
      return hold.promise;
    }, limits);
    for (let i = 0; i < 20; i++) pair.near.link.notify('hold', []);
    while (pair.far.lines.length === 0) await delay(5);
    assert.equal(started, 5);
    assert.deepEqual(
      pair.far.lines.map(({ event, msg }) => [event, msg]),
      [['dropped', 'notifications of near dropped: 5 handlers are under way (limit rpcInFlight); look for one that never ends']],
    );
    hold.open();
  });
});

describe('the metrics of links', () => {
  it('count calls, what was served, refusals, deadlines and bytes of all links of the process together', async () => {
    const metrics = new Metrics('test');
    const [near, far] = await socketPair();
    const { link: server } = linkOver(far, 'near', (target) => (target === 'never' ? never() : 'here'), {}, metrics);
    const { link } = linkOver(near, 'far', undefined, { rpcInFlight: 1 }, metrics);
    assert.equal(await link.call('x', [Buffer.alloc(1000)]), 'here');
    const call = link.call('never', [], { timeoutMs: 1 });
    await assert.rejects(link.call('x', []), QueueFull);
    await assert.rejects(call, Deadline);
    await Promise.all([link.close('end of test'), server.close('end of test')]);
    const text = await metrics.text();
    const value = (name: string) =>
      [...text.matchAll(new RegExp(`^firefly_rpc_${name}_total\\{.*\\} (.*)$`, 'gm'))].reduce((sum, [, count]) => sum + Number(count), 0);
    assert.deepEqual(['calls', 'served', 'refused', 'deadlines'].map(value), [2, 2, 1, 1]);
    assert.ok(value('sent_bytes') > 1000 && value('received_bytes') > 1000);
  });
});
