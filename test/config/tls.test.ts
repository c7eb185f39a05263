import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Authority } from '../helpers/certificates';
import { cluster, load, loadCluster, problemOf, problemsOf } from './folder';

const OPEN = { secret: 'a secret that is long enough', bind: '0.0.0.0' };

describe('the tls section', () => {
  it('gives the paths of its files, relative to the config file', async () => {
    using authority = new Authority();
    const tls = authority.issue();
    assert.deepEqual((await loadCluster(cluster({ a: {} }, { tls }))).tls, tls);
    assert.equal((await loadCluster(cluster({ a: {} }))).tls, undefined);
    assert.match(
      (await problemsOf(cluster({ a: {} }, { tls: { cert: 'a.crt', key: 'a.key', ca: 'ca.crt' } })))[0] ?? '',
      /^config\.json:10 tls\.cert is a\.crt, which cannot be read \(ENOENT\); correct the path or let this user read it$/,
    );
  });

  it('needs all three files', async () => {
    assert.equal(await problemOf(cluster({ a: {} }, { tls: 'a.crt' })), 'config.json:9 tls must be an object { … }; it is "a.crt"');
    const problems = await problemsOf(cluster({ a: {} }, { tls: { cert: 'a.crt', key: '' } }));
    assert.deepEqual(problems, [
      'config.json:9 tls.ca is missing; add it (it must be the path of a file in PEM format)',
      'config.json:11 tls.key must be the path of a file in PEM format; it is ""',
    ]);
  });

  it('is refused when a file is not what it should be, or key and certificate do not belong together', async () => {
    using authority = new Authority();
    const tls = authority.issue();
    const other = authority.issue('other');
    assert.equal(
      await problemOf(cluster({ a: {} }, { tls: { ...tls, key: other.key } })),
      'config.json:11 tls.key does not belong to the certificate in tls.cert; take the key that the certificate was made for',
    );
    writeFileSync(other.key, 'no key at all');
    const wrong = await problemOf(cluster({ a: {} }, { tls: { ...tls, key: other.key } }));
    assert.match(wrong, /tls\.key is .*other\.key, which does not hold a private key without a passphrase in PEM format; put one there$/);
    assert.match(await problemOf(cluster({ a: {} }, { tls: { ...tls, ca: tls.key } })), /tls\.ca is .*, which does not hold a certificate/);
  });

  it('is refused when a certificate has expired or is not valid yet, and warns when it soon expires', async () => {
    using authority = new Authority();
    const config = (from: number, to: number) => cluster({ a: {} }, { tls: authority.issue('node', { from, to }) });
    assert.match(await problemOf(config(-30, -1)), /^config\.json:10 tls\.cert has expired on .* GMT; renew it$/);
    assert.match(await problemOf(config(1, 30)), /tls\.cert is valid from .* GMT on only; look at this machine's clock$/);
    const { warnings } = await load(config(-30, 3));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /tls\.cert expires on .* GMT; renew it, running nodes take the new file by themselves$/);
  });
});

describe('nodes that link where other machines reach them', () => {
  it('without tls are a warning, once for each key that says so, and with tls are none', async () => {
    using authority = new Authority();
    const servers = { gate: { rootport: 1 }, db: { rootport: 2, bind: '10.0.0.1' }, net: { netport: 3, bind: '10.0.0.2' } };
    const { warnings } = await load(cluster(servers, OPEN));
    assert.deepEqual(
      warnings.map((line) => /config\.json:\d+ (\S+) is "(\S+)".* in the clear/.exec(line)?.slice(1)),
      [
        ['servers.db.bind', '10.0.0.1'],
        ['bind', '0.0.0.0'],
      ],
    );
    assert.deepEqual((await load(cluster(servers, { ...OPEN, tls: authority.issue() }))).warnings, []);
  });

  it('are no warning on loopback', async () => {
    assert.deepEqual((await load(cluster({ gate: { rootport: 1 } }, { secret: OPEN.secret }))).warnings, []);
  });
});
