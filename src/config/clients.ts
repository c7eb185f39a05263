/** What the config says about clients: certificates that can be used, and nothing that is said in vain. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../thrown';
import type { Draft, NodeDraft } from './draft';
import type { Path, Problems } from './problems';
import { showFile } from './text';

/** Reports certificates and keys that no TLS server can be started with, and keys that need a port for clients where there is none. */
export async function checkClients(draft: Draft, dir: string, problems: Problems): Promise<void> {
  for (const node of draft.nodes.values()) {
    warnOfUnused(node, problems);
    if (node.tls) await checkTls(node.tls, dir, problems);
  }
}

/** An origin as browsers write it: in small letters, without the usual port. */
export function plainOrigin(origin: string): string {
  const { origin: plain } = /^https?:/i.test(origin) ? new URL(origin) : { origin };
  return plain.toLowerCase();
}

function warnOfUnused({ values, broken, path }: NodeDraft, problems: Problems): void {
  const { netport, wsport } = values;
  const unused = (key: string, what: string) =>
    problems.warn([...path, key], `is not used: the node has no ${what}; add one or remove this key`);
  if (values.wsorigins && wsport === undefined && !broken.has('wsport')) unused('wsorigins', 'wsport');
  if (netport !== undefined || wsport !== undefined || broken.has('netport') || broken.has('wsport')) return;
  if (values.tls) unused('tls', 'netport and no wsport');
  if (values.proxyprotocol) unused('proxyprotocol', 'netport and no wsport');
}

async function checkTls({ values, path }: NonNullable<NodeDraft['tls']>, dir: string, problems: Problems): Promise<void> {
  const [cert, key] = [
    values.cert && (await readPem(resolve(dir, values.cert), [...path, 'cert'], problems, (pem) => new X509Certificate(pem), CERTIFICATE)),
    values.key && (await readPem(resolve(dir, values.key), [...path, 'key'], problems, (pem) => createPrivateKey(pem), KEY)),
  ];
  if (!cert || !key) return;
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) {
    problems.error(
      [...path, 'key'],
      `is ${showFile(resolve(dir, values.key ?? ''))}, which is not the key of that certificate; name the two that belong together`,
    );
    return;
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    problems.error([...path, 'cert'], `cannot be used: ${messageOf(error)}; name another certificate`);
    return;
  }
  const ended = new Date(certificate.validTo);
  if (ended.getTime() < Date.now())
    problems.warn([...path, 'cert'], `has ended on ${ended.toISOString().slice(0, 10)}, so clients will refuse it; renew the certificate`);
}

const CERTIFICATE = 'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)';
const KEY = 'holds no private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----)';

async function readPem(
  file: string,
  path: Path,
  problems: Problems,
  parse: (pem: Buffer) => unknown,
  rule: string,
): Promise<Buffer | undefined> {
  let pem: Buffer;
  try {
    pem = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.error(
      path,
      `is ${showFile(file)}, which ${code === 'ENOENT' ? 'does not exist; correct the path' : `cannot be read (${code}); let this user read it`}`,
    );
    return undefined;
  }
  try {
    parse(pem);
    return pem;
  } catch {
    problems.error(path, `is ${showFile(file)}, which ${rule}; name the right file`);
    return undefined;
  }
}
