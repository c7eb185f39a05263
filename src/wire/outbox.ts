/**
 * What a link is about to send: frames written one behind the other, leaving in one write per event-loop turn.
 *
 * A frame is built in place and can be given up until it is committed. Bytes are never touched again once the stream has them.
 */
import type { Duplex } from 'node:stream';
import { FRAME_HEAD } from './frame';

const BUFFER_BYTES = 65_536;

/** With less room than this a new buffer is cheaper than a frame that has to move. */
const SCRAPS = 1024;

/** Above this a text is measured before room is made; below it the worst case of 3 bytes a unit is assumed. */
const SHORT_TEXT = 1024;

const NOTHING = Buffer.alloc(0);

/** The frame under construction is larger than a frame may be. The link turns it into `TooLarge`, which names the call. */
export class Oversize extends Error {
  constructor(readonly bytes: number) {
    super(`a frame of ${bytes} bytes`);
  }
}

export class Outbox {
  readonly #stream: Duplex;
  readonly #maxBytes: number;
  #buffer: Buffer = NOTHING;
  /** First byte that the stream does not have. */
  #start = 0;
  /** Where the frame under construction begins. */
  #frame = 0;
  #at = 0;
  #building = false;
  #immediate: NodeJS.Immediate | undefined;
  #handovers = 0;
  #bytesHanded = 0;

  /** @param maxBytes largest length of a frame */
  constructor(stream: Duplex, maxBytes: number) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that the operating system has not taken yet. */
  get queuedBytes(): number {
    return this.#at - this.#start + this.#stream.writableLength;
  }

  /** Counts up each time the stream gets bytes: a frame committed at count N has left once it is above N. */
  get handovers(): number {
    return this.#handovers;
  }

  get bytesHanded(): number {
    return this.#bytesHanded;
  }

  /** @throws Error when a frame is under construction: a getter or `toJSON` of a value sends on the link that is encoding it */
  assertIdle(): void {
    if (this.#building) throw new Error('a value that is being sent must not itself send on the same link');
  }

  begin(kind: number): void {
    this.#building = true;
    this.#frame = this.#at;
    this.#room(FRAME_HEAD + 1);
    this.#at += FRAME_HEAD;
    this.#buffer[this.#at++] = kind;
  }

  u8(value: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = value;
  }

  u16(value: number): void {
    this.#room(2);
    this.#buffer[this.#at++] = value >>> 8;
    this.#buffer[this.#at++] = value;
  }

  u32(value: number): void {
    this.#room(4);
    putU32(this.#buffer, this.#at, value);
    this.#at += 4;
  }

  i32(value: number): void {
    this.#room(4);
    putU32(this.#buffer, this.#at, value);
    this.#at += 4;
  }

  f64(value: number): void {
    this.#room(8);
    this.#at = this.#buffer.writeDoubleBE(value, this.#at);
  }

  /** @throws Oversize before a byte is copied */
  bytes(value: Uint8Array): void {
    this.#refuse(value.length);
    this.#room(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  /** The text as UTF-8 behind its length in bytes as u32. @throws Oversize before a byte is copied */
  text(value: string): void {
    const worst = value.length <= SHORT_TEXT ? value.length * 3 : Buffer.byteLength(value);
    if (worst > SHORT_TEXT * 3) this.#refuse(worst);
    this.#room(4 + worst);
    const length = this.#buffer.write(value, this.#at + 4);
    this.#buffer.writeUInt32BE(length, this.#at);
    this.#at += 4 + length;
  }

  /** The frame is complete and leaves at the end of the turn. @throws Oversize, and the frame is given up */
  commit(): void {
    const length = this.#at - this.#frame - FRAME_HEAD;
    if (length > this.#maxBytes) {
      this.rollback();
      throw new Oversize(length);
    }
    putU32(this.#buffer, this.#frame, length);
    this.#building = false;
    this.#immediate ??= setImmediate(() => this.flush());
  }

  /** Gives up the frame under construction, if there is one. */
  rollback(): void {
    if (!this.#building) return;
    this.#at = this.#frame;
    this.#building = false;
  }

  /** Hands everything committed to the stream now. */
  flush(): void {
    this.#cancel();
    this.#handOver(this.#at);
    const room = this.#buffer.length - this.#at;
    if (room < SCRAPS || this.#buffer.length > BUFFER_BYTES) this.#reset(NOTHING);
  }

  /** Forgets what the stream does not have yet. */
  discard(): void {
    this.#cancel();
    this.#reset(NOTHING);
  }

  #cancel(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }

  #reset(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#frame = 0;
    this.#at = 0;
  }

  #handOver(to: number): void {
    if (to === this.#start) return;
    this.#handovers++;
    this.#bytesHanded += to - this.#start;
    this.#stream.write(this.#buffer.subarray(this.#start, to));
    this.#start = to;
  }

  #refuse(more: number): void {
    const length = this.#at - this.#frame - FRAME_HEAD + more;
    if (length > this.#maxBytes) throw new Oversize(length);
  }

  /** Makes room. The frames before the one under construction leave; it moves to a new buffer. */
  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    this.#handOver(this.#frame);
    const built = this.#at - this.#frame;
    if (built > this.#maxBytes + FRAME_HEAD) throw new Oversize(built - FRAME_HEAD);
    const buffer = Buffer.allocUnsafe(Math.max(BUFFER_BYTES, built + bytes, built * 2));
    this.#buffer.copy(buffer, 0, this.#frame, this.#at);
    this.#reset(buffer);
    this.#at = built;
  }
}

/** Four stores; the checks of `writeUInt32BE` cost more than they do, and room has been made. */
function putU32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}
