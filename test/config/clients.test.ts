/** Certificates are checked before any process starts; what is said about clients in vain is warned about. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/errors';
import { makeCertificate } from '../helpers/certificates';
import { cluster, configFolder, load, loadCluster } from './folder';

const NET = { netport: 1, tls: { cert: 'cert.pem', key: 'key.pem' } };

/** What is said about a cluster with these files beside its config. */
async function saidOf(files: Readonly<Record<string, string>>, node: Record<string, unknown> = NET): Promise<string[]> {
  await using folder = await configFolder(cluster({ net: node }), []);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.dir, name), text);
  const lines = await loadConfig(folder.path, {}).then(
    ({ warnings }) => warnings,
    (error: unknown) => (error instanceof ConfigError ? error.problems : assert.fail(String(error))),
  );
  return lines.map((line) => line.replaceAll(`${folder.dir}/`, ''));
}

describe('the certificate of a node', () => {
  const { cert, key } = makeCertificate();

  it('is found beside the config, and its paths are absolute for the node', async () => {
    await using folder = await configFolder(cluster({ net: NET, plain: { netport: 2 } }));
    await writeFile(join(folder.dir, 'cert.pem'), cert);
    await writeFile(join(folder.dir, 'key.pem'), key);
    const { config, warnings } = await loadConfig(folder.path, {});
    assert.deepEqual(warnings, []);
    assert.deepEqual(config.nodes.net?.tls, { cert: join(folder.dir, 'cert.pem'), key: join(folder.dir, 'key.pem') });
    assert.equal(config.nodes.plain?.tls, undefined);
  });

  it('and its key are both named when they are not there', async () => {
    assert.deepEqual(await saidOf({}), [
      'config.json:10 servers.net.tls.cert is cert.pem, which does not exist; correct the path',
      'config.json:11 servers.net.tls.key is key.pem, which does not exist; correct the path',
    ]);
  });

  it('may not be something else', async () => {
    assert.deepEqual(await saidOf({ 'cert.pem': key, 'key.pem': cert }), [
      'config.json:10 servers.net.tls.cert is cert.pem, which holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); name the right file',
      'config.json:11 servers.net.tls.key is key.pem, which holds no private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----); name the right file',
    ]);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hush' }).toString();
    assert.match((await saidOf({ 'cert.pem': cert, 'key.pem': locked }))[0] ?? '', /holds no private key in PEM form without a passphrase/);
  });

  it('must belong to the key', async () => {
    assert.deepEqual(await saidOf({ 'cert.pem': cert, 'key.pem': makeCertificate().key }), [
      'config.json:11 servers.net.tls.key is key.pem, which is not the key of that certificate; name the two that belong together',
    ]);
  });

  it('that has ended is warned about', async () => {
    const old = makeCertificate({ days: -2 });
    const [line, ...more] = await saidOf({ 'cert.pem': old.cert, 'key.pem': old.key });
    assert.match(
      line ?? '',
      /^config\.json:10 servers\.net\.tls\.cert has ended on \d{4}-\d\d-\d\d, so clients will refuse it; renew the certificate$/,
    );
    assert.deepEqual(more, []);
  });

  it('needs both files', async () => {
    assert.deepEqual(await saidOf({ 'cert.pem': cert }, { netport: 1, tls: { cert: 'cert.pem', kye: 'key.pem' } }), [
      'config.json:9 servers.net.tls.key is missing; rename "kye" in line 11 if that is what it is (it must be text that is not empty)',
    ]);
  });
});

describe('what is said about clients of a node that has no port for them', () => {
  it('is warned about', async () => {
    const { cert, key } = makeCertificate();
    const files = { 'cert.pem': cert, 'key.pem': key };
    assert.deepEqual(await saidOf(files, { tls: NET.tls, proxyprotocol: true, wsorigins: ['https://game.example'] }), [
      'config.json:8 servers.net.tls is not used: the node has no netport and no wsport; add one or remove this key',
      'config.json:12 servers.net.proxyprotocol is not used: the node has no netport and no wsport; add one or remove this key',
      'config.json:13 servers.net.wsorigins is not used: the node has no wsport; add one or remove this key',
    ]);
    assert.deepEqual(await saidOf({}, { netport: 1, wsorigins: ['https://game.example'] }), [
      'config.json:9 servers.net.wsorigins is not used: the node has no wsport; add one or remove this key',
    ]);
    assert.deepEqual((await load(cluster({ net: { wsport: 1, wsorigins: ['https://game.example'], proxyprotocol: true } }))).warnings, []);
  });
});

describe('origins', () => {
  it('are spelled as browsers spell them', async () => {
    const wsorigins = ['HTTPS://Game.Example:443', 'http://10.0.0.1:80', 'https://game.example:8443', 'capacitor://localhost', 'null'];
    const config = await loadCluster(cluster({ net: { wsport: 1, wsorigins } }));
    assert.deepEqual(config.nodes.net?.wsOrigins, [
      'https://game.example',
      'http://10.0.0.1',
      'https://game.example:8443',
      'capacitor://localhost',
      'null',
    ]);
  });
});
