/** X.509 certificates of version 3 with P-256 keys, put together by hand from node:crypto: nothing to install, and any time of validity. */
import { type KeyObject, randomBytes, sign } from 'node:crypto';

const DAY_MS = 24 * 3600 * 1000;
const ECDSA_SHA256 = der(0x30, oid('2a8648ce3d040302'));

/** Days from now; negative is the past. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

export interface CertificateOptions extends Validity {
  /** Common names. */
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** The issuer's. */
  readonly signingKey: KeyObject;
  readonly extension: Buffer;
}

/** @returns the certificate in DER */
export function certificate({ issuer, subject, publicKey, signingKey, extension, from, to }: CertificateOptions): Buffer {
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_SHA256,
    name(issuer),
    der(0x30, time(from), time(to)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extension)),
  );
  return der(0x30, body, ECDSA_SHA256, der(0x03, Buffer.of(0), sign('sha256', body, signingKey)));
}

/** The extension that says whether it may sign others. */
export function basicConstraints(isAuthority: boolean): Buffer {
  return der(0x30, oid('551d13'), der(0x01, Buffer.of(0xff)), der(0x04, der(0x30, ...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []))));
}

/** The extension that makes it good for servers on this machine. */
export function localhostNames(): Buffer {
  const names = der(0x30, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)));
  return der(0x30, oid('551d11'), der(0x04, names));
}

export function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), body]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** A distinguished name that has only a common name. */
function name(text: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(text)))));
}

function time(days: number): Buffer {
  const digits = new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}
