/** Fuzzes what a net node reads from clients: the frame reader against a plain one, and a whole connection, which may close but never throw. */
import { EventEmitter } from 'node:events';
import pino from 'pino';
import type { Limits } from '../../../src/config/config';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { BadFrame, TooLarge } from '../../../src/errors';
import { CallBatch } from '../../../src/metrics/callbatches';
import { TurnClock } from '../../../src/metrics/clock';
import { Metrics } from '../../../src/metrics/metrics';
import { Timing } from '../../../src/metrics/timing';
import { ClientConnection } from '../../../src/netconnect/clientconnection';
import { DataPackProtoc } from '../../../src/netconnect/datapack';
import { FrameReader } from '../../../src/netconnect/framereader';
import type { Front } from '../../../src/netconnect/front';
import { Flusher } from '../../../src/netconnect/outbox';
import { FrontReport } from '../../../src/netconnect/report';
import type { ClientStream } from '../../../src/netconnect/stream';
import { Sweep } from '../../../src/netconnect/sweep';
import type { Random } from './random';
import { type FrameMaker, makeChunks, makeStream } from './streams';

const MAX_PAYLOAD = 4_096;
const HEAD_BYTES = 17;
const LENGTH_AT = 9;
const LIMITS: Limits = { ...DEFAULT_LIMITS, payloadBytes: MAX_PAYLOAD, framesPerSecond: 1_000_000_000 };
const PROTOCOL = new DataPackProtoc(78, 37, 38, 48, 9, 7);
const SILENT = pino({ level: 'silent' });

/** What a connection writes is dropped; a fuzzer hands it what is read. */
class Sink extends EventEmitter implements ClientStream {
  readonly writableLength = 0;
  destroyed = false;
  write(): void {}
  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

interface Received {
  readonly command: number;
  readonly payload: Buffer;
}

/** Fuzzes connections of one front. */
export class ClientFuzz {
  readonly #received: Received[] = [];
  readonly #front: Front;
  #ids = 0;

  constructor() {
    this.#front = {
      protocol: PROTOCOL,
      limits: LIMITS,
      report: new FrontReport(SILENT, new Metrics('fuzz')),
      sweep: new Sweep(LIMITS, () => {}),
      flusher: new Flusher(),
      timing: new Timing(new TurnClock()),
      isPaused: false,
      receive: (_connection, frame) => {
        this.#received.push(frame);
        return frame.payload;
      },
      handlerFailed: (_connection, _command, error) => {
        throw new Error('a connection failed to answer', { cause: error });
      },
      encodePush: () => undefined,
      slotOf: () => undefined,
      handlerStarted: () => new CallBatch(),
      handlerEnded: () => {},
      gone: (connection) => this.#front.sweep.remove(connection),
    };
  }

  /** One stream for a connection. @returns its number of frames @throws Error when something that must hold does not */
  round(random: Random): number {
    const maker: FrameMaker = {
      lengthAt: LENGTH_AT,
      maxLength: MAX_PAYLOAD + 4,
      valid: () => PROTOCOL.pack(random.bytes(random.oneIn(30) ? random.below(MAX_PAYLOAD) : random.below(40)), random.u32()),
    };
    const { bytes, frames } = makeStream(random, maker);
    const chunks = makeChunks(random, bytes);
    const { expected, isBad } = plainRead(bytes);
    same('reader', expected, readAll(chunks, isBad));
    same('connection', expected, this.#connect(chunks, isBad));
    return frames;
  }

  #connect(chunks: readonly Buffer[], isBad: boolean): readonly Received[] {
    this.#received.length = 0;
    const stream = new Sink();
    const connection = new ClientConnection(++this.#ids, '127.0.0.1', stream, this.#front);
    this.#front.sweep.add(connection);
    for (const chunk of chunks) stream.emit('data', chunk);
    if (connection.isOpen === isBad) throw new Error(`a connection with ${isBad ? 'bad' : 'good'} bytes is ${isBad ? 'open' : 'closed'}`);
    stream.destroy();
    return this.#received;
  }
}

/** Cuts frames the plain way: all bytes at once. */
function plainRead(bytes: Buffer): { expected: Received[]; isBad: boolean } {
  const start = PROTOCOL.pack('', 0).subarray(0, LENGTH_AT);
  const expected: Received[] = [];
  for (let at = 0; bytes.length - at >= HEAD_BYTES; ) {
    const length = bytes.readUInt32BE(at + LENGTH_AT) - 4;
    if (!bytes.subarray(at, at + LENGTH_AT).equals(start) || length < 0 || length > MAX_PAYLOAD) return { expected, isBad: true };
    const end = at + HEAD_BYTES + length;
    if (end > bytes.length) break;
    expected.push({ command: bytes.readUInt32BE(at + 13), payload: bytes.subarray(at + HEAD_BYTES, end) });
    at = end;
  }
  return { expected, isBad: false };
}

function readAll(chunks: readonly Buffer[], isBad: boolean): Received[] {
  const reader = new FrameReader();
  const read: Received[] = [];
  let bad = false;
  try {
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let frame = reader.next(PROTOCOL, MAX_PAYLOAD); frame; frame = reader.next(PROTOCOL, MAX_PAYLOAD)) read.push(frame);
    }
  } catch (error) {
    if (!(error instanceof BadFrame || error instanceof TooLarge)) throw error;
    bad = true;
  }
  if (bad !== isBad) throw new Error(`the frame reader ${bad ? 'refuses a good' : 'takes a bad'} stream`);
  return read;
}

function same(who: string, expected: readonly Received[], read: readonly Received[]): void {
  if (read.length !== expected.length) throw new Error(`the ${who} gives ${read.length} frames of ${expected.length}`);
  for (const [i, { command, payload }] of read.entries()) {
    if (command !== expected[i]?.command || !payload.equals(expected[i].payload)) throw new Error(`the ${who}: frame ${i} differs`);
  }
}
