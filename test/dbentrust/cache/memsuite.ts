/** What the client promises against a healthy server, asked of the real memcached and of the embedded one by the two files beside this one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MemClient } from '../../../src/dbentrust/cache/memclient';
import { TooLarge } from '../../../src/errors';
import { silentLog } from '../../helpers/services';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export function memSuite(kind: string, start: () => Promise<TestServer>): void {
  describe(`the client on ${kind}`, () => {
    let servers: TestServer[];
    let client: MemClient;
    const connect = (urls: readonly string[], hostname = 'test') =>
      MemClient.connect(urls, { hostname, timeoutMs: 5_000, log: silentLog() });
    const text = (value: string) => Buffer.from(value);

    before(async () => {
      servers = await Promise.all([start(), start()]);
      client = connect([servers[0]?.url ?? '']);
    });

    after(async () => {
      await client.close();
      await Promise.all(servers.map((server) => server.stop()));
    });

    it('gives back any bytes, of any length up to the limit', async () => {
      for (const value of [Buffer.alloc(0), Buffer.from([0, 13, 10, 255]), Buffer.alloc(70_000, 7), Buffer.alloc(1_000_000, 1)]) {
        assert.equal(await client.set('bytes', value), 'stored');
        assert.deepEqual(await client.get('bytes'), value);
      }
    });

    it('knows nothing of a name that was never set', async () => {
      assert.equal(await client.get('never'), undefined);
      assert.equal(await client.gets('never'), undefined);
      assert.equal(await client.delete('never'), false);
    });

    it('keeps names of different hostnames apart', async () => {
      const other = connect([servers[0]?.url ?? ''], 'other');
      await client.set('same', text('mine'));
      await other.set('same', text('theirs'));
      assert.equal(String(await client.get('same')), 'mine');
      assert.equal(client.produceKey('same'), 'test:same');
      await other.close();
    });

    it('takes non-ASCII names up to 250 bytes and refuses longer ones and ones with spaces', async () => {
      const longest = '龙'.repeat(81);
      await client.set(longest, text('x'));
      assert.equal(String(await client.get(longest)), 'x');
      await assert.rejects(client.get(`${longest}abc`), RangeError);
      await assert.rejects(client.get('a b'), RangeError);
      await assert.rejects(client.set('a\nb', text('')), RangeError);
      await assert.rejects(client.getMulti(['fine', 'not fine']), RangeError);
    });

    it('adds only where nothing is', async () => {
      assert.equal(await client.add('lock', text('me')), true);
      assert.equal(await client.add('lock', text('you')), false);
      assert.equal(String(await client.get('lock')), 'me');
      assert.equal(await client.delete('lock'), true);
      assert.equal(await client.add('lock', text('you')), true);
    });

    it('counts exactly above 32 bits', async () => {
      assert.equal(await client.incr('count', 5), 5);
      assert.equal(await client.incr('count', 0), 5);
      assert.equal(await client.incr('count', 4_294_967_296), 4_294_967_301);
      assert.equal(await client.incr('count', 9_000_000_000_000_000), 9_000_004_294_967_301);
      await assert.rejects(client.incr('count', 9_007_199_254_740_991), RangeError);
      await assert.rejects(client.incr('count', -1), RangeError);
      await client.set('word', text('abc'));
      await assert.rejects(client.incr('word', 1), TypeError);
    });

    it('reads many names in one go and leaves out what is not there', async () => {
      const values = Array.from({ length: 300 }, (_, i) => [`multi-${i}`, text(`value ${i}`)] as const);
      assert.deepEqual(await client.setMulti(values), []);
      const found = await client.getMulti([...values.map(([name]) => name), 'absent', 'multi-1']);
      assert.deepEqual(found, new Map(values));
      await client.deleteMulti(values.map(([name]) => name));
      assert.equal((await client.getMulti(values.map(([name]) => name))).size, 0);
      assert.equal((await client.getMulti([])).size, 0);
    });

    it('stores with a token only when nobody stored in between', async () => {
      await client.set('row', text('1'));
      const first = (await client.gets('row')) ?? assert.fail();
      assert.equal(await client.cas('row', text('2'), first.cas), 'stored');
      assert.equal(await client.cas('row', text('3'), first.cas), 'exists');
      assert.equal(String(await client.get('row')), '2');
      await client.delete('row');
      assert.equal(await client.cas('row', text('4'), first.cas), 'missing');
    });

    it('loses no increment that was made by compare-and-set', async () => {
      await client.set('sum', text('0'));
      const increment = async (): Promise<void> => {
        for (;;) {
          const read = (await client.gets('sum')) ?? assert.fail();
          if ((await client.cas('sum', text(String(Number(read.value) + 1)), read.cas)) === 'stored') return;
        }
      };
      await Promise.all(Array.from({ length: 30 }, increment));
      assert.equal(String(await client.get('sum')), '30');
    });

    it('says when a value is too large, keeps nothing older under the name, and goes on', async () => {
      const large = Buffer.alloc(2 * 1024 * 1024, 1);
      await client.set('large', text('old'));
      assert.equal(await client.set('large', large), 'too large');
      assert.equal(await client.get('large'), undefined);
      assert.deepEqual(
        await client.setMulti([
          ['small', text('s')],
          ['large', large],
        ]),
        ['large'],
      );
      assert.equal(String(await client.get('small')), 's');
      await assert.rejects(client.add('large', large), TooLarge);
    });

    it('keeps nothing older either under a name whose value is too large to be sent', async () => {
      await client.set('huge', text('old'));
      assert.equal(await client.set('huge', Buffer.alloc(40 * 1024 * 1024)), 'too large');
      assert.equal(await client.get('huge'), undefined);
    });

    it('forgets after the expiry, and takes one of more than thirty days for seconds too', async () => {
      await client.set('short', text('x'), 1);
      await client.set('long', text('x'), 40 * 24 * 3_600);
      assert.equal(String(await client.get('short')), 'x');
      const deadline = Date.now() + 5_000;
      while ((await client.get('short')) !== undefined) assert.ok(Date.now() < deadline, 'still there after 5 s');
      assert.equal(String(await client.get('long')), 'x');
      await assert.rejects(client.set('never', text('x'), -1), RangeError);
    });

    it('keeps the order of operations on one name', async () => {
      const all: Promise<unknown>[] = [];
      for (let i = 0; i < 200; i++) all.push(client.set('order', text(String(i))));
      all.push(client.get('order').then((value) => assert.equal(String(value), '199')));
      await Promise.all(all);
    });

    it('spreads names over several servers and finds them again', async () => {
      const both = connect(
        servers.map((server) => server.url),
        'spread',
      );
      const values = Array.from({ length: 50 }, (_, i) => [`name-${i}`, text(String(i))] as const);
      await both.setMulti(values);
      assert.deepEqual(await both.getMulti(values.map(([name]) => name)), new Map(values));
      const one = connect([servers[0]?.url ?? ''], 'spread');
      const there = (await one.getMulti(values.map(([name]) => name))).size;
      assert.ok(there > 0 && there < 50, `${there} of 50 on the first server`);
      await both.flushAll();
      assert.equal((await both.getMulti(values.map(([name]) => name))).size, 0);
      await Promise.all([one.close(), both.close()]);
    });

    it('finishes what is in flight when it is closed, and refuses what comes later', async () => {
      const closing = connect([servers[0]?.url ?? ''], 'closing');
      const last = closing.set('last', text('x'));
      await Promise.all([closing.close(), closing.close()]);
      assert.equal(await last, 'stored');
      await assert.rejects(closing.get('last'), /closed/);
    });
  });
}
