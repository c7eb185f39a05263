/** What a web handler gets to see of one HTTP request. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TooLarge } from '../errors';

const DEFAULT_BODY_BYTES = 1024 * 1024;

export interface WebRequest {
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Address of the peer. */
  readonly address: string;
  /** False for whoever has no token and is not on this machine: such a request reaches open routes only. */
  readonly isTrusted: boolean;
  /**
   * Reads the whole body; once per request.
   *
   * @param limit in bytes; 1 MiB when left out
   * @throws TooLarge, which the client gets as 413 when the handler lets it pass
   */
  body(limit?: number): Promise<Buffer>;
}

/** The request behind the interface; knows in addition whether its body was refused. */
export class IncomingRequest implements WebRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  isTrusted = false;
  readonly #incoming: IncomingMessage;
  #refused: TooLarge | undefined;

  constructor(incoming: IncomingMessage) {
    const target = incoming.url ?? '';
    const question = target.indexOf('?');
    this.method = incoming.method ?? '';
    this.path = question < 0 ? target : target.slice(0, question);
    this.query = new URLSearchParams(question < 0 ? '' : target.slice(question + 1));
    this.headers = incoming.headers;
    this.address = incoming.socket.remoteAddress ?? '';
    this.#incoming = incoming;
  }

  /** The error with which `body` refused, if it did. */
  get refused(): TooLarge | undefined {
    return this.#refused;
  }

  async body(limit = DEFAULT_BODY_BYTES): Promise<Buffer> {
    const announced = Number(this.headers['content-length'] ?? 0);
    if (announced > limit) throw this.#refuse(announced, limit);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.#incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw this.#refuse(bytes, limit);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, bytes);
  }

  #refuse(bytes: number, limit: number): TooLarge {
    this.#refused = new TooLarge(`the body of ${this.method} ${this.path}`, bytes, limit);
    return this.#refused;
  }
}
