/**
 * What goes back over HTTP: the handler's result as status, type and bytes.
 *
 * Pure. A client never gets a stack; the text of an error only when it is one of ours, whose texts are written for people.
 */
import { FireflyError } from '../errors';

/** What a handler may return, or promise. `undefined` and `null` are an empty 204. */
export type Answer = string | Buffer | object | number | boolean | null | undefined;

/** An answer with a status of its own. An object with other keys than these is sent as JSON. */
export interface FullAnswer {
  /** 200 to 599. */
  readonly status: number;
  readonly body: Answer;
  /** Content type; follows the body when left out. */
  readonly type?: string;
}

/** A file of this machine as the answer, for the client to keep. */
export class FileAnswer {
  /**
   * @param path whatever it is made of, no part of it may come from a request
   * @param name for the client; letters, digits, `.`, `_` and `-`
   */
  constructor(
    readonly path: string,
    readonly bytes: number,
    readonly name: string,
  ) {}
}

/** Ready to be written. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  /** Sent in place of the bytes. */
  readonly file?: FileAnswer;
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES = 'application/octet-stream';

/**
 * Strings become text, buffers bytes, everything else JSON (a bigint in it a number when that is exact, else a string).
 *
 * @throws TypeError for what has no JSON, such as a function
 */
export function toReply(answer: unknown): Reply {
  if (answer instanceof FileAnswer) return { status: 200, type: BYTES, bytes: Buffer.alloc(0), file: answer };
  if (isFullAnswer(answer)) {
    const { type, bytes } = encode(answer.body);
    return { status: answer.status, type: answer.type ?? type, bytes };
  }
  return { status: answer === undefined || answer === null ? 204 : 200, ...encode(answer) };
}

/** A failure as JSON: `error` says what happened, `code` is one of docs/errors.md where there is one. */
export function errorReply(status: number, error: string, code?: string): Reply {
  return { status, ...encode({ error, ...(code === undefined ? {} : { code }) }) };
}

/** The reply for what a handler threw. */
export function thrownReply(what: string, error: unknown): Reply {
  if (error instanceof FireflyError) return errorReply(500, error.message, error.code);
  return errorReply(500, `${what} failed; the log of this node says why`);
}

function encode(body: unknown): { type: string; bytes: Buffer } {
  if (body === undefined || body === null) return { type: TEXT, bytes: Buffer.alloc(0) };
  if (typeof body === 'string') return { type: TEXT, bytes: Buffer.from(body) };
  if (body instanceof Uint8Array) return { type: BYTES, bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
  const text: string | undefined = JSON.stringify(body, bigintSafe);
  if (text === undefined) throw new TypeError(`a web handler returned a ${typeof body}, which has no JSON`);
  return { type: JSON_TYPE, bytes: Buffer.from(`${text}\n`) };
}

function isFullAnswer(answer: unknown): answer is FullAnswer {
  if (typeof answer !== 'object' || answer === null || !('status' in answer) || !('body' in answer)) return false;
  const { status } = answer;
  if (!Object.keys(answer).every((key) => key === 'status' || key === 'body' || key === 'type')) return false;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599;
}

function bigintSafe(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
