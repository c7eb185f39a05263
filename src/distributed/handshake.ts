/**
 * How two nodes prove to each other that they know the cluster's secret, before either of them is a peer.
 *
 *   leaf  hello      name, root it wants, epoch, info, 32 random bytes
 *   root  challenge  32 random bytes
 *   leaf  proof      HMAC-SHA256(secret, "leaf" + hello + challenge)
 *   root  welcome    HMAC-SHA256(secret, "root" + hello + challenge + body) + body: epoch, info
 *      or refused    HMAC (empty before the proof) + body: code, message
 *
 * The frames themselves are signed, so names, epoch, info and the protocol's version cannot be changed on the way; fresh random bytes of both
 * sides make a recording worthless, the labels a reflection. The secret never travels and the leaf proves first: a root tells a stranger nothing
 * that a dictionary could be tried on.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BadFrame, FireflyError, PeerDown, Replaced, TooLarge, Unauthorized } from '../errors';
import { Kind } from '../wire/frame';
import { pack, unpack } from '../wire/values';
import type { Exchange, ReceivedFrame } from './exchange';

/** Who a leaf is. */
export interface Hello {
  readonly name: string;
  /** The root it wants to link to. */
  readonly root: string;
  /** A newer process of the same name has a larger one. */
  readonly epoch: number;
  /** What it wants the root to know. */
  readonly info: Record<string, unknown>;
}

/** A root's answer to a leaf that it takes. */
export interface Welcome {
  readonly epoch: number;
  readonly info: Record<string, unknown>;
}

const PROTOCOL = 1;
const NONCE_BYTES = 32;
const MAC_BYTES = 32;

/** Largest body of a frame of the handshake, and of the two that carry `info`. */
const SMALL = 4096;
const LARGE = 65_536;

const TO_ROOT = { hello: new Map([[Kind.hello, LARGE]]), proof: new Map([[Kind.proof, MAC_BYTES]]) } as const;
const TO_LEAF = {
  challenge: new Map<number, number>([
    [Kind.challenge, SMALL],
    [Kind.refused, SMALL],
  ]),
  welcome: new Map<number, number>([
    [Kind.welcome, LARGE],
    [Kind.refused, SMALL],
  ]),
} as const;

/**
 * The root's side.
 *
 * @param root its name
 * @param admit decides about a leaf that has proved itself; what it throws is told to the leaf
 * @param distrust why the leaf is refused as soon as it has said hello, if it is
 * @throws BadFrame, Deadline, PeerDown, Unauthorized, or what `admit` throws
 */
export async function answerHandshake(
  exchange: Exchange,
  root: string,
  secret: string,
  admit: (hello: Hello) => Welcome | Promise<Welcome>,
  distrust?: Unauthorized,
): Promise<{ hello: Hello; welcome: Welcome }> {
  const first = await exchange.receive(TO_ROOT.hello);
  if (distrust) throw refuse(exchange, distrust);
  const fields = fieldsOf(first.body);
  if (fields.protocol !== PROTOCOL) throw refuse(exchange, new Unauthorized(otherProtocol(fields, exchange.peer, root)));
  const { nonce, ...hello } = helloOf(fields);
  if (nonce.length !== NONCE_BYTES) throw new BadFrame(`a nonce of ${nonce.length} bytes`);
  const challenge = exchange.send(Kind.challenge, randomBytes(NONCE_BYTES));
  const proof = await exchange.receive(TO_ROOT.proof);
  if (!sameMac(proof.body, sign(secret, 'leaf', first.raw, challenge))) {
    throw refuse(exchange, new Unauthorized(`${hello.name} has not the secret of ${root}; give both the same`));
  }
  const transcript = [first.raw, challenge];
  try {
    if (hello.root !== root) throw new Unauthorized(`${hello.name} wants ${hello.root} and this is ${root}; check the ports of the config`);
    if (hello.name === root) throw new Unauthorized(`a leaf of ${root} cannot have its name`);
    const welcome = await exchange.race(Promise.resolve(admit(hello)));
    const body = packInfo(`welcome of ${root}`, { epoch: welcome.epoch, info: welcome.info });
    exchange.send(Kind.welcome, Buffer.concat([sign(secret, 'root', ...transcript, body), body]));
    return { hello, welcome };
  } catch (error) {
    throw refuse(exchange, error as Error, secret, transcript);
  }
}

/**
 * The leaf's side.
 *
 * @throws Unauthorized when the root refuses, or cannot prove itself; Replaced when it has a newer process of that name;
 *   PeerDown when it cannot take leaves now; BadFrame, Deadline
 */
export async function offerHandshake(exchange: Exchange, hello: Hello, secret: string): Promise<Welcome> {
  const nonce = randomBytes(NONCE_BYTES);
  const first = exchange.send(Kind.hello, packInfo(`info of ${hello.name}`, { ...hello, protocol: PROTOCOL, nonce }));
  const challenge = await exchange.receive(TO_LEAF.challenge);
  if (challenge.kind === Kind.refused) throw refusalOf(challenge, hello.root, undefined);
  const transcript = [first, challenge.raw];
  exchange.send(Kind.proof, sign(secret, 'leaf', ...transcript));
  const answer = await exchange.receive(TO_LEAF.welcome);
  const mac = answer.body.subarray(0, MAC_BYTES);
  const body = answer.body.subarray(MAC_BYTES);
  const proven = sameMac(mac, sign(secret, answer.kind === Kind.welcome ? 'root' : 'refusal', ...transcript, body));
  if (answer.kind === Kind.refused) throw refusalOf(answer, hello.root, proven ? body : undefined);
  if (!proven) throw new Unauthorized(`${hello.root} has not the secret of ${hello.name}; give both the same`);
  const { epoch, info } = fieldsOf(body);
  if (!isCount(epoch) || !isRecord(info)) throw new BadFrame('a welcome without its fields');
  return { epoch, info };
}

/** Tells the leaf why it is refused, signed once it has proved itself. @returns the error, to be thrown */
function refuse(exchange: Exchange, error: Error, secret?: string, transcript: readonly Buffer[] = []): Error {
  const code = error instanceof FireflyError ? error.code : FireflyError.code;
  const body = pack({ code, message: error.message.slice(0, SMALL / 8) });
  const mac = secret === undefined ? Buffer.alloc(MAC_BYTES) : sign(secret, 'refusal', ...transcript, body);
  exchange.send(Kind.refused, Buffer.concat([mac, body]));
  return error;
}

/** @param proven the body when the root has proved itself; only then it can stop a leaf for good */
function refusalOf(frame: ReceivedFrame, root: string, proven: Buffer | undefined): FireflyError {
  const { code, message } = fieldsOf(proven ?? frame.body.subarray(MAC_BYTES));
  const text = `${root} refuses: ${String(message).slice(0, SMALL / 8)}`;
  if (proven && code === Replaced.code) return new Replaced(text);
  if (code === Replaced.code || code === Unauthorized.code) return new Unauthorized(text);
  return new PeerDown(root, false, { cause: new Error(text) });
}

function sign(secret: string, role: 'leaf' | 'root' | 'refusal', ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('sha256', secret).update(`firefly ${PROTOCOL} ${role}\0`);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function sameMac(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function packInfo(what: string, fields: Record<string, unknown>): Buffer {
  const body = pack(fields);
  if (body.length > LARGE) throw new TooLarge(what, body.length, LARGE);
  return body;
}

/** A hello of another version may look different, and may come from anybody: nothing of it is taken unseen. */
function otherProtocol({ name, protocol }: Record<string, unknown>, address: string, root: string): string {
  const theirs = isCount(protocol) ? protocol : 'unknown';
  return `${isName(name) ? name : address} speaks protocol ${theirs} and ${root} speaks ${PROTOCOL}; run one version`;
}

function helloOf({ name, root, epoch, info, nonce }: Record<string, unknown>): Hello & { nonce: Buffer } {
  if (!isName(name) || !isName(root) || !isCount(epoch) || !isRecord(info) || !Buffer.isBuffer(nonce)) {
    throw new BadFrame('a hello without its fields');
  }
  return { name, root, epoch, info, nonce };
}

function fieldsOf(body: Buffer): Record<string, unknown> {
  const fields = unpack(body);
  if (!isRecord(fields)) throw new BadFrame('a handshake frame without its fields');
  return fields;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/** Names go into logs and tables: short, and nothing that a terminal obeys. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 && !/\p{Cc}/u.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
