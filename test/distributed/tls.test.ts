import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { RemoteObjectOptions } from '../../src/distributed/node';
import { NodeTls } from '../../src/distributed/tls';
import { waitFor } from '../../tools/lib/wait';
import { Authority } from '../helpers/certificates';
import { LIMITS, mapTarget, startLeaf, startRoot, TestLeaf, type TestRoot } from './support';

const rejections = (root: TestRoot) => root.lines.filter((line) => line.event === 'rejected').map((line) => line.msg);
const dials = (leaf: TestLeaf) => leaf.lines.filter((line) => line.event === 'dial').map((line) => line.msg);

/** Lets a leaf that must not link dial several times, and gives the one line that each side has in its log. */
async function refusal(root: TestRoot, options: Partial<RemoteObjectOptions>): Promise<{ leaf: string; root: string | undefined }> {
  let attempts = 0;
  await using leaf = new TestLeaf({ epoch: () => ++attempts, info: () => ({ attempts }), ...options });
  leaf.connect({ host: '127.0.0.1', port: root.port });
  await waitFor(() => dials(leaf).length > 0, 'line about the failed dial');
  await assert.rejects(leaf.whenUp(150));
  assert.equal(dials(leaf).length, 1, dials(leaf).join('\n'));
  assert.ok(rejections(root).length <= 1, rejections(root).join('\n'));
  assert.equal(root.childsmanager.size, 0);
  return { leaf: dials(leaf)[0] ?? '', root: rejections(root)[0] };
}

describe('TLS between nodes', () => {
  it('carries a link when both ends have certificates of one authority', async () => {
    using authority = new Authority();
    await using root = await startRoot({ tls: new NodeTls(authority.issue('gate')) });
    mapTarget(root, 'echo', (value: unknown) => value);
    await using leaf = await startLeaf(root.port, { tls: new NodeTls(authority.issue('game1')) });
    const large = Buffer.alloc(3_000_000, 'firefly');
    assert.deepEqual(await leaf.callRemote('echo', large), large);
    mapTarget(leaf, 'add', (a: number, b: number) => a + b);
    assert.equal(await root.callChild('game1', 'add', 1, 2), 3);
    assert.equal(root.childsmanager.getChildByName('game1')?.address, '127.0.0.1');
  });

  it('shows nothing of what is said to who listens between them', async () => {
    using authority = new Authority();
    await using root = await startRoot({ tls: new NodeTls(authority.issue('gate')) });
    mapTarget(root, 'echo', (value: unknown) => value);
    const heard: Buffer[] = [];
    const { createServer } = await import('node:net');
    const between = createServer((near) => {
      const far = connect(root.port, '127.0.0.1');
      near
        .on('data', (chunk) => heard.push(chunk))
        .on('error', () => {})
        .pipe(far);
      far
        .on('data', (chunk) => heard.push(chunk))
        .on('error', () => {})
        .pipe(near);
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const address = between.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    {
      await using leaf = await startLeaf(port, { tls: new NodeTls(authority.issue('game1')) });
      assert.equal(await leaf.callRemote('echo', 'a password'), 'a password');
    }
    between.close();
    const all = Buffer.concat(heard).toString('latin1');
    assert.ok(all.length > 1000);
    for (const text of ['a password', 'echo', 'game1']) assert.ok(!all.includes(text), text);
  });

  it('refuses a leaf whose certificate another authority signed, and says so on both sides, once', async () => {
    using ours = new Authority();
    using theirs = new Authority();
    await using root = await startRoot({ tls: new NodeTls(ours.issue('gate')) });
    const theirLeaf = await refusal(root, { tls: new NodeTls({ ...theirs.issue('game1'), ca: ours.issue('x').ca }) });
    assert.match(theirLeaf.leaf, /gate refuses: its certificate is not signed by the "tls\.ca" of the other side/);
    assert.match(theirLeaf.root ?? '', /its certificate is not signed by the "tls\.ca"/);
  });

  it('refuses a root whose certificate another authority signed', async () => {
    using ours = new Authority();
    using theirs = new Authority();
    await using root = await startRoot({ tls: new NodeTls(theirs.issue('gate')) });
    const said = await refusal(root, { tls: new NodeTls(ours.issue('game1')) });
    assert.match(said.leaf, /gate at 127\.0\.0\.1:\d+: its certificate is not signed by the "tls\.ca" of the other side/);
  });

  it('refuses an expired certificate on either side by that name', async () => {
    using authority = new Authority();
    const good = new NodeTls(authority.issue('good'));
    const expired = new NodeTls(authority.issue('expired', { from: -30, to: -1 }));
    await using root = await startRoot({ tls: good });
    const leafExpired = await refusal(root, { tls: expired });
    assert.match(leafExpired.leaf, /gate refuses: its certificate has expired; renew it/);
    assert.match(leafExpired.root ?? '', /its certificate has expired/);
    await using other = await startRoot({ tls: expired });
    assert.match((await refusal(other, { tls: good })).leaf, /gate at \S+: its certificate has expired; renew it/);
  });

  it('refuses a certificate that is not valid yet, and a leaf that shows none', async () => {
    using authority = new Authority();
    await using root = await startRoot({ tls: new NodeTls(authority.issue('gate')) });
    const early = await refusal(root, { tls: new NodeTls(authority.issue('early', { from: 1, to: 2 })) });
    assert.match(early.leaf, /its certificate is not valid yet; compare the clocks/);
  });

  it('against plain is a clear error on both sides, whichever of them lacks it', async () => {
    using authority = new Authority();
    const tls = new NodeTls(authority.issue());
    await using secured = await startRoot({ tls });
    const plainLeaf = await refusal(secured, {});
    assert.match(plainLeaf.leaf, /closed during the handshake; the other side's log says why/);
    assert.match(plainLeaf.root ?? '', /it does not speak TLS as this root does .*; give all nodes the same "tls"/);
    await using plain = await startRoot();
    const plainRoot = await refusal(plain, { tls });
    assert.match(plainRoot.leaf, /ended the connection before TLS was agreed on; if it has no "tls" in its config/);
    assert.match(plainRoot.root ?? '', /speaks TLS and this side does not; give all nodes the same "tls"/);
  });

  it('does not take the place of the secret', async () => {
    using authority = new Authority();
    const tls = new NodeTls(authority.issue());
    await using root = await startRoot({ tls });
    assert.match((await refusal(root, { tls, secret: 'wrong' })).leaf, /has not the secret/);
  });

  it('closes who does not get through its handshake in time', async () => {
    using authority = new Authority();
    await using root = await startRoot({ tls: new NodeTls(authority.issue()), limits: { ...LIMITS, handshakeMs: 50 } });
    const silent = connect(root.port, '127.0.0.1').on('error', () => {});
    await once(silent, 'close');
    await waitFor(() => rejections(root).length > 0, 'line about the rejection');
    assert.match(rejections(root)[0] ?? '', /TLS handshake with 127\.0\.0\.1:\d+: no answer within 50 ms/);
  });

  it('takes a renewed certificate at the next link, without a restart', async () => {
    using authority = new Authority();
    await using root = await startRoot({ tls: new NodeTls(authority.issue('gate', { from: -30, to: -1 })) });
    await using leaf = new TestLeaf({ tls: new NodeTls(authority.issue('game1')) });
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await waitFor(() => dials(leaf).length > 0, 'refusal');
    authority.issue('gate');
    await leaf.whenUp(5000);
  });

  it('names a file that is gone, and goes on dialling', async () => {
    using authority = new Authority();
    const tls = new NodeTls(authority.issue());
    await using root = await startRoot({ tls });
    const files = authority.issue('game1');
    rmSync(files.key);
    await using leaf = new TestLeaf({ tls: new NodeTls(files) });
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await waitFor(() => dials(leaf).length > 0, 'line about the file');
    assert.match(dials(leaf)[0] ?? '', /tls\.key: .*game1\.key cannot be read; put the file back|ENOENT/);
    authority.issue('game1');
    await leaf.whenUp(5000);
  });

  it('leaves no connection behind when the root closes in the middle of a handshake', async () => {
    using authority = new Authority();
    const root = await startRoot({ tls: new NodeTls(authority.issue()) });
    const silent = connect(root.port, '127.0.0.1').on('error', () => {});
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    await root.close('end');
    await closed;
  });
});
