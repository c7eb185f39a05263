/**
 * Fuzzes what a node reads from another: the frame reader against a plain one, and a whole link, which may close but never throw.
 */
import { Duplex } from 'node:stream';
import pino from 'pino';
import type { Limits } from '../../../src/config/config';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { BadFrame, NoSuchTarget } from '../../../src/errors';
import { FRAME_HEAD, FrameReader, Kind } from '../../../src/wire/frame';
import { Link, type LinkClosed } from '../../../src/wire/link';
import { Outbox } from '../../../src/wire/outbox';
import { Replies } from '../../../src/wire/replies';
import { RequestWriter } from '../../../src/wire/request';
import type { Random } from './random';
import { type FrameMaker, makeChunks, makeStream } from './streams';

const LIMITS: Limits = { ...DEFAULT_LIMITS, rpcFrameBytes: 4_096, rpcQueuedBytes: 1 << 20, rpcInFlight: 64 };
/** Calls that wait on a fuzzed link, so that answers find one. */
const PENDING = 4;
const SILENT = pino({ level: 'silent' });

/** Takes what is written and gives nothing; a fuzzer hands it what is read. */
class Sink extends Duplex {
  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

/** Writes frames with the link's own writers, which is what a peer sends. */
class Writer {
  readonly #chunks: Buffer[] = [];
  readonly #out: Outbox;
  readonly #requests: RequestWriter;
  readonly #replies: Replies;

  constructor() {
    const stream = new Sink();
    stream._write = (chunk: Buffer, _encoding, done) => {
      this.#chunks.push(Buffer.from(chunk));
      done();
    };
    this.#out = new Outbox(stream, LIMITS.rpcFrameBytes);
    this.#requests = new RequestWriter(this.#out);
    this.#replies = new Replies(this.#out, LIMITS.rpcFrameBytes);
  }

  request(random: Random, id?: number): void {
    const target = random.oneIn(2) ? random.u32() : `target ${random.below(5)}`;
    this.#requests.write(
      target,
      Array.from({ length: random.below(5) }, () => anyValue(random)),
      id,
    );
    this.#out.commit();
  }

  result(random: Random): void {
    this.#replies.result(1 + random.below(PENDING), 'x', anyValue(random));
  }

  error(random: Random): void {
    const errors: [unknown, ...unknown[]] = [new RangeError('text'), new NoSuchTarget('service', 'x'), 'thrown'];
    this.#replies.error(1 + random.below(PENDING), random.pick(errors));
  }

  beat(random: Random): void {
    this.#out.begin(random.oneIn(2) ? Kind.ping : Kind.pong);
    this.#out.commit();
  }

  take(): Buffer {
    this.#out.flush();
    return Buffer.concat(this.#chunks.splice(0));
  }
}

/** One stream for a link. @returns its number of frames @throws Error when something that must hold does not */
export function fuzzWire(random: Random): number {
  const writer = new Writer();
  const maker: FrameMaker = { lengthAt: 0, maxLength: LIMITS.rpcFrameBytes, valid: () => validFrame(random, writer) };
  const { bytes, frames } = makeStream(random, maker);
  const chunks = makeChunks(random, bytes);
  compareReaders(bytes, chunks);
  feedLink(chunks);
  return frames;
}

function validFrame(random: Random, writer: Writer): Buffer {
  const kind = random.below(6);
  if (kind === 0) writer.result(random);
  else if (kind === 1) writer.error(random);
  else if (kind === 2) writer.beat(random);
  else writer.request(random, kind === 3 ? undefined : random.u32());
  return writer.take();
}

function anyValue(random: Random): unknown {
  switch (random.below(8)) {
    case 0:
      return random.bytes(random.below(100));
    case 1:
      return random.u32();
    case 2:
      return 'text '.repeat(random.below(10));
    case 3:
      return { name: 'anna', list: [1, random.u32() / 7, null, { deep: Buffer.alloc(3) }] };
    case 4:
      return [new Date(random.u32()), 2n ** 40n, random.oneIn(2)];
    default:
      return random.pick([null, undefined, true, false, '', 0.5, -1]);
  }
}

/** Cuts frames the plain way: all bytes at once. */
function compareReaders(bytes: Buffer, chunks: readonly Buffer[]): void {
  const expected: Buffer[] = [];
  let expectBad = false;
  for (let at = 0; bytes.length - at >= FRAME_HEAD; ) {
    const length = bytes.readUInt32BE(at);
    expectBad = length === 0 || length > LIMITS.rpcFrameBytes;
    if (expectBad || at + FRAME_HEAD + length > bytes.length) break;
    expected.push(bytes.subarray(at + FRAME_HEAD, at + FRAME_HEAD + length));
    at += FRAME_HEAD + length;
  }
  const read: Buffer[] = [];
  const reader = new FrameReader(LIMITS.rpcFrameBytes, (buffer, start, end) => read.push(buffer.subarray(start, end)));
  let bad = false;
  try {
    for (const chunk of chunks) reader.push(chunk);
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error;
    bad = true;
  }
  if (bad !== expectBad) throw new Error(`the frame reader ${bad ? 'refuses a good' : 'takes a bad'} stream`);
  if (read.length !== expected.length) throw new Error(`the frame reader gives ${read.length} frames of ${expected.length}`);
  for (const [i, frame] of read.entries()) if (!frame.equals(expected[i] ?? frame.subarray(1))) throw new Error(`frame ${i} differs`);
}

function feedLink(chunks: readonly Buffer[]): void {
  const stream = new Sink();
  const ends: LinkClosed[] = [];
  const handlers = { dispatch: (_target: unknown, args: unknown[]) => args, closed: (reason: LinkClosed) => ends.push(reason) };
  const link = new Link(stream, { peer: 'fuzz', limits: LIMITS, log: SILENT, handlers });
  for (let i = 0; i < PENDING; i++) link.call('x', []).catch(() => {});
  for (const chunk of chunks) stream.emit('data', chunk);
  if (ends.length !== (link.isOpen ? 0 : 1)) throw new Error(`a link closed ${ends.length} times`);
  const [end] = ends;
  if (end?.code === 'malformed' && end.error && !(end.error instanceof BadFrame)) {
    throw new Error('a frame broke the reader instead of being refused', { cause: end.error });
  }
  stream.destroy();
}
