/** TLS between nodes by config, in a real cluster. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterSecret } from '../../../src/config/secret';
import { NodeTls } from '../../../src/distributed/tls';
import { waitFor } from '../../../tools/lib/wait';
import { TestLeaf } from '../../distributed/support';
import { Authority } from '../../helpers/certificates';
import { Probe } from './probe';

describe('a cluster with tls in its config', () => {
  it('links all its nodes by it, keeps its promises, and turns away who comes without', async () => {
    using authority = new Authority();
    const tls = authority.issue();
    await using probe = await Probe.start({ sections: { tls } });
    assert.equal((await probe.call('echo', 'text')).value, 'text');
    assert.equal((await probe.calls({ child: 'game1', target: 'echo', args: [1] }))[0]?.value, 1);

    const secret = clusterSecret({ dataDir: probe.cluster.dataDir });
    const address = { host: '127.0.0.1', port: probe.cluster.port(10000) };
    await using plain = new TestLeaf({ name: 'game9', secret });
    plain.connect(address);
    await probe.cluster.waitForLine(/gate rejects a connection from .*does not speak TLS as this root does/);
    await assert.rejects(plain.whenUp(50));

    using others = new Authority();
    await using stranger = new TestLeaf({ name: 'game9', secret, tls: new NodeTls({ ...others.issue(), ca: tls.ca }) });
    stranger.connect(address);
    await waitFor(() => stranger.lines.some(({ msg }) => /gate refuses: its certificate is not signed by/.test(msg)), 'refusal');

    await using friend = new TestLeaf({ name: 'game9', secret, tls: new NodeTls(authority.issue('game9')) });
    friend.connect(address);
    await friend.whenUp(5_000);
    assert.equal(await friend.callRemote('echo', 'hello'), 'hello');

    const pending = probe.calls({ child: 'game1', target: 'never', times: 50 });
    await probe.cluster.kill('game1');
    assert.ok((await pending).every(({ error }) => error === 'PeerDown'));
    assert.equal(await probe.cluster.stop(), 0);
  });
});
