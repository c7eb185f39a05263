/** Promise 5 of RPC: a second registration of a name replaces the first only with a newer epoch, which the master grants and keeps. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clusterSecret } from '../../../src/config/secret';
import { Replaced } from '../../../src/errors';
import { isAlive } from '../../../tools/lib/processes';
import { startLeaf, TestLeaf } from '../../distributed/support';
import { Probe } from './probe';

const ROOT = resolve(__dirname, '../../..');

describe('a second process of a name', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'firefly-epochs-'));
  const limits = { heartbeatMs: 200, deadAfterMs: 1_000 };
  const started: ChildProcess[] = [];
  let probe: Probe;
  before(async () => {
    probe = await Probe.start({ limits, dataDir });
  });
  after(async () => {
    await probe[Symbol.asyncDispose]();
    for (const child of started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dataDir, { recursive: true, force: true });
  });

  const pidAtGate = async () => (await probe.calls({ child: 'game1', target: 'pid' }))[0]?.value;

  /** Starts game1 by hand, as an operator does, and waits until gate calls that one. */
  async function startAnother(): Promise<number> {
    const env = { ...process.env, ...probe.cluster.environment };
    const child = spawn(process.execPath, ['appmain.js', 'game1', probe.project.path('config.json')], { cwd: ROOT, env, stdio: 'ignore' });
    started.push(child);
    await probe.cluster.waitFor(async () => (await pidAtGate()) === child.pid, 'the new game1 at gate');
    return child.pid ?? 0;
  }

  it('takes the name over with a newer epoch; the first is told and stops, and does not take the second with it, as in Pitaya', async () => {
    const first = Number(await pidAtGate());
    const second = await startAnother();
    await probe.cluster.waitForLine(/master WARN the link of game1 has ended: game1 has linked again, with epoch 2 after 1/);
    await probe.cluster.waitFor(() => !isAlive(first), 'end of the first game1');
    assert.equal(await pidAtGate(), second);
    assert.ok((await probe.cluster.status()).nodes.gate?.children?.includes('game1'));
  });

  it('stays in place when the one before was frozen and wakes up', async () => {
    const frozen = Number(await pidAtGate());
    process.kill(frozen, 'SIGSTOP');
    const next = await startAnother();
    process.kill(frozen, 'SIGCONT');
    await probe.cluster.waitFor(() => !isAlive(frozen), 'end of the frozen game1');
    assert.equal(await pidAtGate(), next);
  });

  it('with an older epoch is refused by gate and by master, also when the newer one has gone', async () => {
    const secret = clusterSecret({ dataDir });
    for (const [root, port] of [
      ['gate', probe.cluster.port(10000)],
      ['master', probe.cluster.port(9999)],
    ] as const) {
      const options = { name: 'game1', root, secret };
      for (const gone of [false, true]) {
        const newer = await startLeaf(port, { ...options, epoch: () => 70 });
        if (gone) await newer.close('gone');
        await using old = new TestLeaf({ ...options, epoch: () => 69 });
        const refused = new Promise<Error>((resolve) => old.onRefused(resolve));
        old.connect({ host: '127.0.0.1', port });
        assert.ok((await refused) instanceof Replaced);
        await newer.close('end');
      }
    }
  });

  it('gets a newer epoch also from a master that was started anew: what was granted is kept', async () => {
    await probe.cluster.stop();
    await probe[Symbol.asyncDispose]();
    probe = await Probe.start({ limits, dataDir });
    await probe.cluster.waitForLine(/game1 linked to master .* epoch=71$/);
  });
});
