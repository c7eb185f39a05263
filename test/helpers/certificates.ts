/** Certificates for tests: an authority with the certificates that it signs, as files; and self-signed ones for servers on this machine. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsConfig } from '../../src/config/config';
import { basicConstraints, certificate, localhostNames, pem, type Validity } from './x509';

/** An authority of its own in a folder of its own. */
export class Authority implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'firefly-certificates-'));
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name = 'test authority') {
    this.#name = name;
    const { publicKey, privateKey } = newKeys();
    this.#key = privateKey;
    this.#write('ca.crt', pem('CERTIFICATE', this.#certificate(name, publicKey, { from: -1000, to: 1000 }, true)));
  }

  /** Makes a key and a certificate for it. @param file what the files are called, `FILE.crt` and `FILE.key`; ones that are there are replaced */
  issue(file = 'node', { from = -1, to = 365 }: Partial<Validity> = {}): TlsConfig {
    const { publicKey, privateKey } = newKeys();
    const cert = this.#write(`${file}.crt`, pem('CERTIFICATE', this.#certificate(file, publicKey, { from, to }, false)));
    const key = this.#write(`${file}.key`, keyText(privateKey));
    return { cert, key, ca: join(this.dir, 'ca.crt') };
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #write(file: string, text: string): string {
    writeFileSync(join(this.dir, file), text, { mode: 0o600 });
    return join(this.dir, file);
  }

  #certificate(subject: string, publicKey: KeyObject, validity: Validity, isAuthority: boolean): Buffer {
    return certificate({
      ...validity,
      issuer: this.#name,
      subject,
      publicKey,
      signingKey: this.#key,
      extension: basicConstraints(isAuthority),
    });
  }
}

/** Certificate and key, each in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate for localhost. @param days how long it is valid; a negative number makes one that has ended */
export function makeCertificate({ days = 30 }: { days?: number } = {}): Certificate {
  const { publicKey, privateKey } = newKeys();
  const validity = { from: Math.min(-1, days - 1), to: days };
  const names = { issuer: 'localhost', subject: 'localhost' };
  const bytes = certificate({ ...validity, ...names, publicKey, signingKey: privateKey, extension: localhostNames() });
  return { cert: pem('CERTIFICATE', bytes), key: keyText(privateKey) };
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function keyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
