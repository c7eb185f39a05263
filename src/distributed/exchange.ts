/**
 * The stream while it is not trusted yet: one frame at a time, each with a cap of its own, all within one deadline.
 *
 * Whatever goes wrong (time, loss, bytes that are no frame) fails the exchange once; then every wait on it rejects with that error.
 */
import type { Duplex } from 'node:stream';
import { BadFrame, Deadline, PeerDown } from '../errors';
import { FRAME_HEAD, FrameReader } from '../wire/frame';

export interface ReceivedFrame {
  readonly kind: number;
  readonly body: Buffer;
  /** The frame as it came, length included, for the transcript that both sides sign. */
  readonly raw: Buffer;
}

export class Exchange {
  /** The other side, for messages. */
  readonly peer: string;
  readonly #stream: Duplex;
  readonly #explain: (error: Error, peer: string) => Error;
  readonly #timer: NodeJS.Timeout;
  readonly #failed: Promise<never>;
  #fail: (error: Error) => void = () => {};
  #read: (chunk: Buffer) => void = () => {};
  #ahead: Buffer = Buffer.alloc(0);

  /** @param explain makes the failure of an error of the stream, or of its early end */
  constructor(stream: Duplex, peer: string, deadlineMs: number, explain: (error: Error, peer: string) => Error = lost) {
    this.peer = peer;
    this.#stream = stream;
    this.#explain = explain;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Nobody may be waiting at the moment of the failure; who waits later gets it then.
    this.#failed.catch(() => {});
    this.#timer = setTimeout(() => this.#fail(new Deadline(`handshake with ${peer} (limit handshakeMs)`, deadlineMs)), deadlineMs);
    stream.on('data', this.#onData).on('error', this.#onError).on('end', this.#onEnd).on('close', this.#onEnd);
    stream.pause();
  }

  /** Sends a frame. @returns it as it travels, for the transcript */
  send(kind: number, body: Buffer): Buffer {
    const frame = Buffer.allocUnsafe(FRAME_HEAD + 1 + body.length);
    frame.writeUInt32BE(1 + body.length);
    frame[FRAME_HEAD] = kind;
    frame.set(body, FRAME_HEAD + 1);
    if (this.#stream.writable) this.#stream.write(frame);
    return frame;
  }

  /**
   * Waits for the next frame.
   *
   * @param caps largest body by kind; no other kind is accepted
   * @throws BadFrame, Deadline, PeerDown
   */
  async receive(caps: ReadonlyMap<number, number>): Promise<ReceivedFrame> {
    const received = await this.race(this.#next(Math.max(...caps.values()) + 1));
    const cap = caps.get(received.kind);
    if (cap === undefined) throw new BadFrame(`a frame of kind ${received.kind} in the handshake`);
    if (received.body.length > cap) throw new BadFrame(`a handshake frame of ${received.body.length} bytes; ${cap} are allowed`);
    return received;
  }

  /** Waits for `work`, or for the failure of the exchange. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  /** Ends the wait of whoever waits. */
  abort(error: Error): void {
    this.#fail(error);
  }

  /**
   * Lets go of the stream. What listens next must be attached in the same turn.
   *
   * @returns the bytes that came behind the last frame
   */
  release(): Buffer {
    clearTimeout(this.#timer);
    this.#stream.off('data', this.#onData).off('error', this.#onError).off('end', this.#onEnd).off('close', this.#onEnd);
    return this.#ahead;
  }

  #next(maxBytes: number): Promise<ReceivedFrame> {
    return new Promise((resolve) => {
      let complete = false;
      const reader = new FrameReader(maxBytes, (buffer, start, end) => {
        complete = true;
        reader.stop();
        this.#stream.pause();
        const raw = buffer.subarray(start - FRAME_HEAD, end);
        resolve({ kind: buffer.readUInt8(start), body: buffer.subarray(start + 1, end), raw });
      });
      this.#read = (chunk) => {
        reader.push(chunk);
        this.#ahead = reader.rest;
      };
      this.#onData(this.#ahead);
      if (!complete) this.#stream.resume();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      this.#read(chunk);
    } catch (error) {
      this.#fail(
        isTls(chunk) ? new BadFrame(`${this.peer} speaks TLS and this side does not; give all nodes the same "tls"`) : (error as Error),
      );
    }
  };

  readonly #onError = (error: Error): void => {
    this.#fail(this.#explain(error, this.peer));
  };

  readonly #onEnd = (): void => {
    this.#fail(this.#explain(new Error("the connection was closed during the handshake; the other side's log says why"), this.peer));
  };
}

function lost(error: Error, peer: string): Error {
  return new PeerDown(peer, false, { cause: error });
}

/** Whether bytes that are no frame are a record of TLS: an alert or a handshake. */
function isTls(chunk: Buffer): boolean {
  return (chunk[0] === 0x15 || chunk[0] === 0x16) && chunk[1] === 3;
}
