/**
 * One client: its stream cut into frames, handlers started in arrival order, answers joined, limits kept.
 *
 * It reads only while it may: at a limit that pauses, bytes stay in the kernel and TCP slows the client down. Knows no service; `Front` runs handlers.
 */
import type { Limits } from '../config/config';
import { BadFrame, TooLarge } from '../errors';
import type { CallBatch } from '../metrics/callbatches';
import { isThenable } from '../thenable';
import { messageOf } from '../thrown';
import type { Connection, SessionRecord } from './connection';
import { type Frame, FrameReader } from './framereader';
import type { Front } from './front';
import { payloadOf } from './payload';
import { FrameRate } from './rate';
import type { Cause, PauseCause } from './report';
import { Sender } from './sender';
import { type ClientStream, Goodbye, type GoodbyeCode } from './stream';
import type { Swept } from './sweep';

/** How long a client that was told to go may take to read the rest, and how much it may still send meanwhile. */
const LINGER_MS = 5_000;
const DISCARD_BYTES = 1024 * 1024;

/** A client that closed only its sending side gets what is in flight, within this time. */
const HALF_CLOSED_MS = 1_000;

export class ClientConnection implements Connection, Swept {
  session: SessionRecord | undefined;
  root: string | undefined;
  readonly since = performance.now();
  heardAt = this.since;
  readonly #front: Front;
  readonly #stream: ClientStream;
  readonly #sender: Sender;
  readonly #rate: FrameRate;
  readonly #reader = new FrameReader();
  /** False once it is being closed: nothing the client sends is looked at any more. */
  #isOpen = true;
  /** A frame that was read and whose handler may not start yet. */
  #held: Frame | undefined;
  #inFlight = 0;
  #isParked = false;
  /** Why reading is paused. */
  #pausedFor: PauseCause | 'front' | undefined;
  #told: Cause[] | undefined;
  #hasSpoken = false;
  #peerEnded = false;
  #discarded = 0;

  constructor(
    readonly id: number,
    readonly address: string,
    stream: ClientStream,
    front: Front,
  ) {
    this.#front = front;
    this.#stream = stream;
    this.#sender = new Sender(stream, front.flusher, front.limits.unsentBytes, this);
    this.#rate = new FrameRate(front.limits.framesPerSecond, this.since);
    stream.on('data', (chunk) => this.#heard(chunk));
    stream.on('end', () => this.#ended());
    stream.on('error', (error) => this.#failedStream(error));
    stream.on('close', () => this.#gone());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isBusy(): boolean {
    return this.#inFlight > 0 || this.#pausedFor !== undefined || !this.#isOpen;
  }

  loseConnection(reason = 'the server closes it'): void {
    this.#lose(reason, Goodbye.done);
  }

  /** Closes it because the node stops. */
  leave(): void {
    this.#lose('the node stops', Goodbye.leaving);
  }

  safeToWriteData(topic: number, message: unknown): void {
    const frame = this.#front.encodePush(topic, message);
    if (frame && this.sendShared(frame)) this.#front.report.tally.pushes += 1;
  }

  /** Sends a frame that other connections get too. @returns whether it was taken */
  sendShared(frame: Buffer): boolean {
    if (!this.#sender.isOpen) return false;
    this.#sender.sendShared(frame);
    return true;
  }

  /** Stops reading until `proceed`. */
  hold(): void {
    if (this.#isOpen) this.#pause('front');
  }

  /** Starts no handler and reads nothing until `unpark`, whatever the front does. */
  park(): void {
    this.#isParked = true;
    this.hold();
  }

  unpark(): void {
    this.#isParked = false;
    this.#pump();
  }

  /** Starts handlers of waiting frames and reads on, as far as limits allow. */
  proceed(): void {
    this.#pump();
  }

  /** Ends it now; what it has not taken is lost. */
  destroy(): void {
    this.#stream.destroy();
  }

  tooSlow(unsent: number): void {
    this.#front.report.count('unsentBytes');
    this.#tell('unsentBytes', `closed, it does not read what it is sent: ${unsent} bytes wait`);
    this.#isOpen = false;
    this.#sender.drop();
    this.#stream.destroy();
  }

  noFirstFrame(): void {
    this.#closeAtLimit('firstFrameMs', 'closed, no whole frame came in time');
  }

  idle(): void {
    this.#closeAtLimit('idleMs', 'closed, nothing came for too long');
  }

  lingered(): void {
    // A half-closed client gets the answers that are ready; one that was told to go has had its time.
    if (this.#isOpen) this.loseConnection('the client closed its side');
    else this.#stream.destroy();
  }

  repace(): void {
    this.#rate.refill(performance.now());
    this.#pump();
  }

  /** @param code and, unless the game closes it, the reason are what a client is told that can be told anything */
  #lose(reason: string, code: GoodbyeCode): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#held = undefined;
    this.#reader.clear();
    this.#front.report.log.debug(
      { connection: this.id, address: this.address, reason },
      `client ${this.id} (${this.address}) closed: ${reason}`,
    );
    this.#front.sweep.linger(this, LINGER_MS);
    // What the game says is for its log.
    this.#stream.goodbye?.(code, code === Goodbye.done ? '' : reason);
    this.#sender.end();
  }

  #heard(chunk: Buffer): void {
    if (!this.#isOpen) {
      this.#discarded += chunk.length;
      if (this.#discarded > DISCARD_BYTES) this.#stream.destroy();
      return;
    }
    const now = performance.now();
    this.heardAt = now;
    this.#rate.refill(now);
    this.#reader.push(chunk);
    this.#front.timing.begin();
    this.#pump();
    this.#front.timing.end();
  }

  #pump(): void {
    while (this.#isOpen) {
      this.#held ??= this.#nextFrame();
      if (!this.#held) break;
      const cause = this.#mayNotStart();
      if (cause) {
        this.#pause(cause);
        return;
      }
      const frame = this.#held;
      this.#held = undefined;
      this.#rate.take();
      this.#start(frame);
    }
    if (!this.#isOpen) return;
    if (this.#peerEnded) this.#leaveWhenAnswered();
    else if (this.#pausedFor && !this.#front.isPaused && !this.#isParked) {
      this.#pausedFor = undefined;
      this.#stream.resume();
    }
  }

  #nextFrame(): Frame | undefined {
    const { protocol, limits, sweep } = this.#front;
    try {
      const frame = this.#reader.next(protocol, limits.payloadBytes);
      if (!frame && this.#stream.wholeFrames && this.#reader.isMidFrame) throw new BadFrame('a message that ends inside a frame');
      if (frame && !this.#hasSpoken) {
        this.#hasSpoken = true;
        sweep.spoke(this);
      }
      return frame;
    } catch (error) {
      this.#refuse(error);
      return undefined;
    }
  }

  /** It sent what no client of this server sends. */
  #refuse(error: unknown): void {
    if (!this.#isOpen) return;
    const { report } = this.#front;
    const reason = messageOf(error);
    if (error instanceof TooLarge) {
      report.count('payloadBytes');
      this.#tell('payloadBytes', `closed, ${error.what} takes ${error.bytes} bytes`);
      this.#lose(reason, Goodbye.tooLarge);
      return;
    }
    report.count('badFrame');
    report.badFrame(this, reason);
    this.#lose(reason, Goodbye.badFrame);
  }

  #failedStream(error: Error): void {
    if (error instanceof BadFrame || error instanceof TooLarge) this.#refuse(error);
    else this.#front.report.log.debug({ connection: this.id, error }, `client ${this.id} (${this.address}): ${error.message}`);
  }

  #mayNotStart(): PauseCause | 'front' | undefined {
    const { limits, isPaused, sweep } = this.#front;
    if (isPaused || this.#isParked) return 'front';
    if (this.#inFlight >= limits.inFlightPerConnection) return 'inFlightPerConnection';
    if (this.#rate.allows) return undefined;
    sweep.pace(this);
    return 'framesPerSecond';
  }

  #pause(cause: PauseCause | 'front'): void {
    if (this.#pausedFor === cause) return;
    this.#pausedFor = cause;
    this.#stream.pause();
    if (cause === 'front') return;
    this.#front.report.count(cause);
    this.#tell(
      cause,
      cause === 'framesPerSecond'
        ? 'sends too many frames a second, reading is paused'
        : 'has too many requests in flight, reading is paused',
    );
  }

  #start(frame: Frame): void {
    const front = this.#front;
    const { command, payload } = frame;
    const bytes = payload.length;
    let result: unknown;
    let isPending: boolean;
    const slot = front.slotOf(command);
    const { timing } = front;
    try {
      result = front.receive(this, frame);
      isPending = isThenable(result);
    } catch (error) {
      timing.threw(slot);
      this.#failed(command, error);
      return;
    }
    if (!isPending) {
      timing.ran(slot);
      this.#answer(command, result);
      return;
    }
    const since = timing.now();
    this.#inFlight += 1;
    const batch = front.handlerStarted(bytes);
    // A thenable of the game's own may throw or settle twice; a promise made of it does neither.
    Promise.resolve(result).then(
      (value) => {
        timing.ended(slot, since);
        this.#answer(command, value);
        this.#handlerEnded(batch, bytes);
      },
      (error: unknown) => {
        timing.rejected(slot, since);
        this.#failed(command, error);
        this.#handlerEnded(batch, bytes);
      },
    );
  }

  #handlerEnded(batch: CallBatch, bytes: number): void {
    this.#inFlight -= 1;
    this.#front.handlerEnded(batch, bytes);
    if (this.#pausedFor || this.#peerEnded) this.#pump();
  }

  #answer(command: number, value: unknown): void {
    if (!this.#sender.isOpen) return;
    try {
      const payload = payloadOf(value);
      if (payload !== undefined) this.#sendAnswer(command, payload);
    } catch (error) {
      this.#failed(command, error);
    }
  }

  /** Never throws: nobody is left to catch it. */
  #failed(command: number, error: unknown): void {
    const payload = this.#front.handlerFailed(this, command, error);
    if (payload === undefined || !this.#sender.isOpen) return;
    try {
      this.#sendAnswer(command, payload);
    } catch (packError) {
      this.#front.report.log.error({ command, error: packError }, `the error answer of command ${command} could not be encoded`);
    }
  }

  #sendAnswer(command: number, payload: Uint8Array | string): void {
    this.#sender.sendFrame(this.#front.protocol, payload, command);
    this.#front.report.tally.answers += 1;
  }

  #closeAtLimit(cause: 'firstFrameMs' | 'idleMs', what: string): void {
    if (!this.#isOpen) return;
    this.#front.report.count(cause);
    this.#tell(cause, what);
    this.#lose(what, Goodbye.limit);
  }

  #tell(cause: Cause & keyof Limits, what: string): void {
    this.#told ??= [];
    if (this.#told.includes(cause)) return;
    this.#told.push(cause);
    this.#front.report.atLimit(cause, this, this.#front.limits[cause], what);
  }

  #ended(): void {
    if (!this.#isOpen) return;
    this.#peerEnded = true;
    this.#front.sweep.linger(this, HALF_CLOSED_MS);
    this.#pump();
  }

  #leaveWhenAnswered(): void {
    if (this.#inFlight === 0) this.loseConnection('the client closed its side');
  }

  #gone(): void {
    this.#isOpen = false;
    this.#held = undefined;
    this.#sender.drop();
    this.#front.gone(this);
  }
}
