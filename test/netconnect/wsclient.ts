/** A WebSocket client that a test can read from; for the tests of this folder. */
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { type Frame, FrameReader } from '../../src/netconnect/framereader';
import { orLate, until } from './front';

export class WsClient implements Disposable {
  readonly #ws: WebSocket;
  readonly #protocol: DataPackProtoc;
  /** Each message as it came. */
  readonly messages: Buffer[] = [];
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(ws: WebSocket, protocol: DataPackProtoc) {
    this.#ws = ws;
    this.#protocol = protocol;
    ws.on('error', () => {});
    ws.on('message', (data: Buffer) => this.#heard(data));
    this.closed = new Promise((resolve) => ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() })));
  }

  static async connect(port: number, options: ClientOptions & { codec?: DataPackProtoc; secure?: boolean } = {}): Promise<WsClient> {
    const { codec = new DataPackProtoc(), secure = false, ...rest } = options;
    const ws = new WebSocket(`${secure ? 'wss' : 'ws'}://127.0.0.1:${port}`, { perMessageDeflate: false, ...rest });
    const client = new WsClient(ws, codec);
    await orLate(once(ws, 'open'), 'the upgrade');
    return client;
  }

  get ws(): WebSocket {
    return this.#ws;
  }

  /** Received frames as `command:payload`. */
  get texts(): string[] {
    return this.frames.map((frame) => `${frame.command}:${frame.payload.toString()}`);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.messages);
  }

  pack(...frames: readonly (readonly [command: number, payload?: string | Buffer])[]): Buffer {
    return Buffer.concat(frames.map(([command, payload = '']) => this.#protocol.pack(payload, command)));
  }

  /** Sends all frames in one message. */
  send(...frames: readonly (readonly [command: number, payload?: string | Buffer])[]): void {
    this.#ws.send(this.pack(...frames));
  }

  async framesReach(count: number): Promise<readonly Frame[]> {
    await until(() => this.frames.length >= count, `${count} frames (${this.frames.length} are there)`);
    return this.frames;
  }

  /** Waits for the server to close. */
  isClosed(): Promise<{ code: number; reason: string }> {
    return orLate(this.closed, 'the server to close the WebSocket');
  }

  [Symbol.dispose](): void {
    this.#ws.terminate();
  }

  /** Each message has to hold whole frames. */
  #heard(message: Buffer): void {
    this.messages.push(message);
    const reader = new FrameReader();
    reader.push(message);
    for (let frame = reader.next(this.#protocol, 0xffff_ffff); frame; frame = reader.next(this.#protocol, 0xffff_ffff))
      this.frames.push(frame);
    if (reader.isMidFrame) throw new Error('the server sent a message that ends inside a frame');
  }
}
