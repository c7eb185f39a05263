/** The `tls` section: its files are there, fit together and have not expired, which is said before any process starts. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsConfig } from './config';
import type { Problems } from './problems';

/** A certificate that ends sooner than this is worth a word. */
const SOON_MS = 14 * 24 * 3600 * 1000;

/** @returns undefined when a path is missing, which is reported elsewhere */
export function buildTls({ cert, key, ca }: Partial<TlsConfig>, dir: string): TlsConfig | undefined {
  if (cert === undefined || key === undefined || ca === undefined) return undefined;
  return { cert: resolve(dir, cert), key: resolve(dir, key), ca: resolve(dir, ca) };
}

/** Reports files that cannot be read, that are not what they should be, and a certificate that links would refuse. */
export function checkTls(tls: TlsConfig | undefined, problems: Problems): void {
  if (!tls) return;
  const cert = parsed(tls, 'cert', 'a certificate', (pem) => new X509Certificate(pem), problems);
  const key = parsed<KeyObject>(tls, 'key', 'a private key without a passphrase', createPrivateKey, problems);
  const ca = parsed(tls, 'ca', 'a certificate', (pem) => new X509Certificate(pem), problems);
  if (cert && key && !cert.checkPrivateKey(key)) {
    problems.error(['tls', 'key'], 'does not belong to the certificate in tls.cert; take the key that the certificate was made for');
  }
  if (cert) checkTime(cert, 'cert', problems);
  if (ca) checkTime(ca, 'ca', problems);
}

function parsed<T>(tls: TlsConfig, name: keyof TlsConfig, what: string, parse: (pem: Buffer) => T, problems: Problems): T | undefined {
  let pem: Buffer;
  try {
    pem = readFileSync(tls[name]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    problems.error(['tls', name], `is ${tls[name]}, which cannot be read (${code}); correct the path or let this user read it`);
    return undefined;
  }
  try {
    return parse(pem);
  } catch {
    // The parser's words are OpenSSL's and help nobody.
    problems.error(['tls', name], `is ${tls[name]}, which does not hold ${what} in PEM format; put one there`);
    return undefined;
  }
}

function checkTime({ validFrom, validTo }: X509Certificate, name: 'cert' | 'ca', problems: Problems): void {
  const left = Date.parse(validTo) - Date.now();
  if (left <= 0) problems.error(['tls', name], `has expired on ${validTo}; renew it`);
  else if (Date.parse(validFrom) > Date.now())
    problems.error(['tls', name], `is valid from ${validFrom} on only; look at this machine's clock`);
  else if (left < SOON_MS) problems.warn(['tls', name], `expires on ${validTo}; renew it, running nodes take the new file by themselves`);
}
