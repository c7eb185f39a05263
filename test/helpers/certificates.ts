/**
 * Certificates for tests: an authority, and certificates that it signs, written into a folder as PEM files.
 *
 * X.509 version 3 with P-256 keys, put together by hand from node:crypto: nothing to install, and any time of validity.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsConfig } from '../../src/config/config';

const DAY_MS = 24 * 3600 * 1000;
const ECDSA_SHA256 = der(0x30, oid('2a8648ce3d040302'));

export interface Validity {
  /** Days from now; negative is the past. */
  readonly from?: number;
  readonly to?: number;
}

/** An authority of its own in a folder of its own. */
export class Authority implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'firefly-certificates-'));
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name = 'test authority') {
    this.#name = name;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    this.#write('ca.crt', 'CERTIFICATE', this.#certificate(name, publicKey, { from: -1000, to: 1000 }, true));
  }

  /** Makes a key and a certificate for it. @param file what the files are called, `FILE.crt` and `FILE.key`; ones that are there are replaced */
  issue(file = 'node', { from = -1, to = 365 }: Validity = {}): TlsConfig {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const cert = this.#write(`${file}.crt`, 'CERTIFICATE', this.#certificate(file, publicKey, { from, to }, false));
    const key = this.#write(`${file}.key`, 'PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' }));
    return { cert, key, ca: join(this.dir, 'ca.crt') };
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #write(file: string, label: string, content: Buffer): string {
    const lines = content.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
    writeFileSync(join(this.dir, file), `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`, { mode: 0o600 });
    return join(this.dir, file);
  }

  #certificate(subject: string, publicKey: KeyObject, { from, to }: Required<Validity>, isAuthority: boolean): Buffer {
    const basicConstraints = der(0x30, ...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []));
    const extension = der(0x30, oid('551d13'), der(0x01, Buffer.of(0xff)), der(0x04, basicConstraints));
    const body = der(
      0x30,
      der(0xa0, der(0x02, Buffer.of(2))),
      der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
      ECDSA_SHA256,
      name(this.#name),
      der(0x30, time(from), time(to)),
      name(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, der(0x30, extension)),
    );
    return der(0x30, body, ECDSA_SHA256, der(0x03, Buffer.of(0), sign('sha256', body, this.#key)));
  }
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
