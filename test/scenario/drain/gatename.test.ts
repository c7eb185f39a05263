/** A player whose gate was drained is the new gate's: the old one does not take it out when it is back, and pushes go on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { startClusterWorld } from '../clusterworld';

async function operate(cluster: Cluster, path: string): Promise<void> {
  const asked = await http({ port: cluster.port(9998), path, method: 'POST' });
  assert.equal(asked.status, 202, asked.text);
  const { operation } = asked.json() as { operation: { id: string } };
  const ended = await cluster.waitFor(async () => {
    const now = (await cluster.get('/operation')).json() as { operation?: { id: string; state: string; error?: string } } | null;
    const last = (now?.operation ?? now) as { id: string; state: string; error?: string } | null;
    return last?.id === operation.id && last.state !== 'running' ? last : undefined;
  }, path);
  assert.equal(ended.state, 'done', ended.error);
}

describe('a player whose connection went to another gate', () => {
  it('belongs to that gate, stays in the game when the old one is back, and gets what anybody pushes', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    await using moved = await (await world.connectAt('net1', 'gate1', 'anna')).enter();
    const before = await moved.where();
    assert.equal(before?.gate, 'gate1');
    await operate(cluster, '/drain?node=gate1');
    assert.equal(await moved.gate(), 'gate2');
    await operate(cluster, '/start?node=gate1');
    await using other = await (await world.connectAt('net2', 'gate1', 'bert')).enter();

    await other.sweep();
    await moved.sweep();
    await other.sweep();
    assert.ok(!cluster.lines.some((line) => line.includes('took out a player without a connection')), 'the player is in the game still');
    assert.deepEqual(await moved.where(), { ...before, gate: 'gate2' });

    await other.push([before?.dynamicId ?? 0]);
    await cluster.waitFor(() => moved.pushed().length === 2, 'the pushes');
    assert.ok(moved.pushed().includes('gate1'), 'also what another gate pushes');
  });
});
