/** The short way past ws gives what ws gives, whatever comes and however it is split. */
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { MessageReader } from '../../src/netconnect/messagereader';

const MOST_BYTES = 2_000;
/** A property ends after so long, and so does the search for its smallest counterexample, well before the file's deadline. */
const LONGEST_MS = 30_000;

/** One frame as a client may send it, right or wrong. */
interface Parts {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly reserved: number;
  readonly isMasked: boolean;
  readonly payload: Uint8Array;
  /** Bytes of the length field: 0, 2 or 8; at least what is needed. */
  readonly lengthBytes: number;
}

function encode({ opcode, isFinal, reserved, isMasked, payload, lengthBytes }: Parts): Buffer {
  const wide = payload.length > 125 ? Math.max(lengthBytes, 2) : lengthBytes;
  const head = Buffer.alloc(2 + wide);
  head[0] = (isFinal ? 0x80 : 0) | reserved | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (wide === 0 ? payload.length : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(payload.length, 2);
  if (wide === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  const mask = Buffer.from([7, 77, 177, 250]);
  return isMasked ? Buffer.concat([head, mask, payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))]) : Buffer.concat([head, payload]);
}

/** What a server sees of these chunks, one in each turn: by ws alone, or with the short way. */
async function seen(chunks: readonly Buffer[], isShort: boolean): Promise<string[]> {
  const events: string[] = [];
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const upgrader = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: MOST_BYTES, maxFragments: 4, autoPong: false });
  const headers = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': `${'A'.repeat(22)}==`,
  };
  upgrader.handleUpgrade({ method: 'GET', headers, url: '/' } as never, socket, Buffer.alloc(0), (ws) => {
    const message = (data: Buffer, isBinary: boolean) => events.push(`${isBinary ? 'binary' : 'text'} ${data.toString('hex')}`);
    ws.on('message', message);
    ws.on('ping', (data) => events.push(`ping ${data.toString('hex')}`));
    ws.on('pong', (data) => events.push(`pong ${data.toString('hex')}`));
    ws.on('error', (error: NodeJS.ErrnoException) => events.push(`error ${error.code}`));
    if (!isShort) return;
    const [listener, ...others] = socket.listeners('data');
    assert.ok(listener && others.length === 0, 'ws reads its socket by one listener; if that changes, WebSocketStream reads all by ws');
    const reader = new MessageReader(
      { message: (bytes) => message(Buffer.from(bytes), true), ws: (bytes) => listener.call(socket, bytes) },
      MOST_BYTES,
    );
    socket.removeAllListeners('data');
    socket.on('data', (chunk) => reader.read(chunk));
    ws.once('error', () => reader.close());
  });
  for (const chunk of chunks) {
    socket.push(Buffer.from(chunk));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const shown = [...events];
  socket.destroy();
  return shown;
}

const usual: fc.Arbitrary<Parts> = fc.record({
  opcode: fc.constant(2),
  isFinal: fc.constant(true),
  reserved: fc.constant(0),
  isMasked: fc.constant(true),
  payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 300 })),
  lengthBytes: fc.constant(0),
});
const legal: fc.Arbitrary<Parts> = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 2, 8, 9, 10),
  isFinal: fc.boolean(),
  reserved: fc.constant(0),
  isMasked: fc.constant(true),
  payload: fc.uint8Array({ maxLength: 150 }),
  lengthBytes: fc.constantFrom(0, 2, 8),
});
const any: fc.Arbitrary<Parts> = fc.record({
  opcode: fc.nat({ max: 15 }),
  isFinal: fc.boolean(),
  reserved: fc.constantFrom(0, 0x10, 0x40),
  isMasked: fc.boolean(),
  payload: fc.uint8Array({ maxLength: 2_100 }),
  lengthBytes: fc.constantFrom(0, 2, 8),
});

describe('the short way past ws', () => {
  const stream = fc.array(fc.oneof({ weight: 8, arbitrary: usual }, { weight: 3, arbitrary: legal }, { weight: 1, arbitrary: any }), {
    maxLength: 12,
  });

  const same = async (chunks: readonly Buffer[]) => assert.deepEqual(await seen(chunks, true), await seen(chunks, false));

  it('shows the same messages, pings and mistakes as ws alone, split anyhow and cut off anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 12 }), fc.option(fc.nat()), async (frames, cuts, end) => {
        const whole = Buffer.concat(frames.map(encode));
        const bytes = end === null ? whole : whole.subarray(0, end % (whole.length + 1));
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
        await same(chunks.filter((chunk) => chunk.length > 0));
      }),
      { numRuns: 1_500, plugins: [fc.interruptAfterTimeLimit(LONGEST_MS)] },
    );
  });

  it('and byte by byte', async () => {
    await fc.assert(
      fc.asyncProperty(stream, async (frames) => {
        const bytes = Buffer.concat(frames.map(encode)).subarray(0, 400);
        await same([...bytes].map((byte) => Buffer.of(byte)));
      }),
      { numRuns: 50, plugins: [fc.interruptAfterTimeLimit(LONGEST_MS)] },
    );
  });

  for (const [name, head, code] of [
    ['a control frame of 1 GiB', [0x89, 0xff], 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH'],
    ['an unmasked message', [0x82, 0x7e], 'WS_ERR_EXPECTED_MASK'],
    ['an unmasked message that announces eight bytes of length', [0x82, 0x7f], 'WS_ERR_EXPECTED_MASK'],
    ['a message above the limit', [0x82, 0xfe, 0xff, 0xff], 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
    ['a continuation of nothing', [0x80, 0xff], 'WS_ERR_INVALID_OPCODE'],
  ] as const) {
    it(`refuses ${name} at once, though its head never ends`, async () => {
      for (const chunks of [[Buffer.from(head)], head.map((byte) => Buffer.of(byte))]) {
        assert.deepEqual(await seen(chunks, true), [`error ${code}`]);
        assert.deepEqual(await seen(chunks, false), [`error ${code}`]);
      }
    });
  }

  it('is taken by every usual message that is whole in a chunk', () => {
    const taken: string[] = [];
    let wsBytes = 0;
    const targets = {
      message: (bytes: Buffer) => void taken.push(bytes.toString()),
      ws: (bytes: Buffer) => {
        wsBytes += bytes.length;
      },
    };
    const reader = new MessageReader(targets, MOST_BYTES);
    const message = (text: string) =>
      encode({ opcode: 2, isFinal: true, reserved: 0, isMasked: true, payload: Buffer.from(text), lengthBytes: 0 });
    reader.read(Buffer.concat([message('one'), message('two'), message('3'.repeat(200)), message('four').subarray(0, 1)]));
    reader.read(Buffer.concat([message('four').subarray(1), message('five')]));
    assert.deepEqual(taken, ['one', 'two', '3'.repeat(200), 'four', 'five']);
    assert.equal(wsBytes, 0);
  });
});
