/** What the embedded memcached does beyond what the client uses: its bounds, and clients that misbehave. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { EmbeddedMemcached } from '../../../src/dbentrust/cache/embedded';
import { type Frame, FrameParser, frameHead, OP, REQUEST, RESPONSE, STATUS } from '../../../src/dbentrust/cache/frames';
import { MemClient } from '../../../src/dbentrust/cache/memclient';
import { StartFailed } from '../../../src/errors';
import { silentLog } from '../../helpers/services';

const MIB = 1024 * 1024;

describe('the embedded memcached', () => {
  let server: EmbeddedMemcached;
  let port: number;
  let client: MemClient;
  const opened: Socket[] = [];

  beforeEach(async () => {
    server = new EmbeddedMemcached({ maxBytes: 4 * MIB });
    port = await server.listen(0, '127.0.0.1');
    client = MemClient.connect([`127.0.0.1:${port}`], { hostname: 'h', timeoutMs: 5_000, log: silentLog() });
  });

  afterEach(async () => {
    await client.close();
    for (const socket of opened.splice(0)) socket.destroy();
    await server.close();
  });

  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    opened.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  /** Sends requests and waits for as many answers. */
  const ask = async (requests: { opcode: number; key?: string; extras?: Buffer; value?: string }[], count: number): Promise<Frame[]> => {
    const socket = await dial();
    const parser = new FrameParser(RESPONSE, 8 * MIB);
    const frames: Frame[] = [];
    const complete = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        parser.push(chunk, (frame) => frames.push(frame));
        if (frames.length >= count) resolve();
      });
    });
    const parts = requests.flatMap(({ opcode, key = '', extras = Buffer.alloc(0), value = '' }, opaque) => [
      frameHead({ magic: REQUEST, opcode, opaque, extras, key: Buffer.from(key), valueBytes: Buffer.byteLength(value) }),
      Buffer.from(value),
    ]);
    socket.write(Buffer.concat(parts));
    await complete;
    return frames;
  };
  const flags = Buffer.from([0, 0, 0, 9, 0, 0, 0, 0]);

  it('stays within its bytes and lets go of what was used longest ago', async () => {
    const value = Buffer.alloc(100_000, 1);
    for (let i = 0; i < 100; i++) {
      assert.equal(await client.set(`item${i}`, value), 'stored');
      assert.ok(server.bytes <= 4 * MIB);
      await client.get('item0');
    }
    assert.deepEqual(await client.get('item0'), value);
    assert.equal(await client.get('item1'), undefined);
    assert.deepEqual(await client.get('item99'), value);
    assert.ok(server.evictions > 50);
  });

  it('counts the bytes of what is replaced and deleted back', async () => {
    for (let i = 0; i < 10; i++) await client.set('same', Buffer.alloc(50_000 + i));
    assert.equal(server.items, 1);
    await client.delete('same');
    assert.equal(server.bytes, 0);
  });

  it('keeps flags and answers quiet commands only where that is not the usual', async () => {
    const answers = await ask(
      [
        { opcode: OP.setQ, key: 'a', extras: flags, value: '1' },
        { opcode: OP.addQ, key: 'a', extras: flags, value: '2' },
        { opcode: OP.getQ, key: 'none' },
        { opcode: OP.getKQ, key: 'a' },
        { opcode: OP.appendQ, key: 'a', value: 'x' },
        { opcode: OP.prepend, key: 'a', value: '<' },
        { opcode: OP.get, key: 'a' },
        { opcode: OP.deleteQ, key: 'a' },
        { opcode: OP.deleteQ, key: 'a' },
        { opcode: OP.noop },
      ],
      6,
    );
    assert.deepEqual(
      answers.map((answer) => [
        answer.opaque,
        answer.status,
        answer.opcode === OP.getKQ || answer.opcode === OP.get ? String(answer.value) : '',
      ]),
      [
        [1, STATUS.exists, ''],
        [3, STATUS.ok, '1'],
        [5, STATUS.ok, ''],
        [6, STATUS.ok, '<1x'],
        [8, STATUS.notFound, ''],
        [9, STATUS.ok, ''],
      ],
    );
    assert.deepEqual([answers[1]?.extras, String(answers[1]?.key)], [Buffer.from([0, 0, 0, 9]), 'a']);
  });

  it('says no to arguments that are none, and goes on', async () => {
    const answers = await ask(
      [
        { opcode: OP.set, key: 'a', value: 'no extras' },
        { opcode: OP.get },
        { opcode: OP.get, key: 'k'.repeat(251) },
        { opcode: OP.increment, key: 'n', extras: Buffer.alloc(8) },
        { opcode: 0x55, key: 'a' },
        { opcode: OP.version },
      ],
      6,
    );
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [STATUS.invalid, STATUS.invalid, STATUS.invalid, STATUS.invalid, STATUS.unknownCommand, STATUS.ok],
    );
  });

  it('lists its statistics and quits after the answer', async () => {
    const answers = await ask([{ opcode: OP.stat }, { opcode: OP.quit }], 6);
    assert.deepEqual(
      answers.map((answer) => String(answer.key)),
      ['pid', 'curr_items', 'bytes', 'evictions', '', ''],
    );
    await once(opened.at(-1) ?? assert.fail(), 'close');
  });

  it('closes a connection that sends other bytes, and serves the rest', async () => {
    await client.set('kept', Buffer.from('x'));
    for (const nonsense of [
      'get kept\r\nget kept of the text protocol\r\n',
      'GET / HTTP/1.1\r\nHost: here\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and more of a TLS hello',
    ]) {
      const socket = await dial();
      socket.resume();
      socket.write(nonsense);
      await once(socket, 'close');
    }
    assert.equal(String(await client.get('kept')), 'x');
  });

  it('gathers nothing of a value of 4 GiB, and drops what it would have replaced', async () => {
    await client.set('k', Buffer.from('old'));
    const before = process.memoryUsage().arrayBuffers;
    const [answer] = await (async () => {
      const socket = await dial();
      const frames: Frame[] = [];
      const parser = new FrameParser(RESPONSE, MIB);
      socket.on('data', (chunk) => parser.push(chunk, (frame) => frames.push(frame)));
      socket.write(
        frameHead({ magic: REQUEST, opcode: OP.set, opaque: 1, extras: flags, key: Buffer.from('h:k'), valueBytes: 0xffff_0000 }),
      );
      for (let i = 0; i < 64; i++) if (!socket.write(Buffer.alloc(MIB))) await once(socket, 'drain');
      return frames;
    })();
    assert.equal(answer?.status, STATUS.tooLarge);
    assert.equal(await client.get('k'), undefined);
    assert.ok(process.memoryUsage().arrayBuffers - before < 40 * MIB);
  });

  it('does not read on from a client that does not take its answers', async () => {
    await client.set('big', Buffer.alloc(900_000));
    const socket = await dial();
    socket.pause();
    const gets = Buffer.concat(
      Array.from({ length: 1_000 }, () =>
        frameHead({ magic: REQUEST, opcode: OP.get, opaque: 1, key: Buffer.from('h:big'), valueBytes: 0 }),
      ),
    );
    // The kernel takes some megabytes of requests; then the server must have stopped reading, so that they pile up on this side.
    let written = 0;
    while (socket.writableLength < MIB && written < 200 * MIB) {
      socket.write(gets);
      written += gets.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(written < 200 * MIB);
    assert.equal((await client.get('big'))?.length, 900_000);
  });

  it('says which port it could not have', async () => {
    const second = new EmbeddedMemcached();
    await assert.rejects(
      second.listen(port, '127.0.0.1'),
      (error) => error instanceof StartFailed && error.message.includes(`127.0.0.1:${port}`),
    );
    await second.close();
  });

  it('leaves neither port nor connection when it is closed', async () => {
    const socket = await dial();
    const closed = once(socket, 'close');
    socket.resume();
    await server.close();
    await closed;
    const late = connect(port, '127.0.0.1');
    await once(late, 'error');
  });
});
