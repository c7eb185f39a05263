/** More requests than may wait for a node that is restarted: what is too much stays with the clients, whom TCP slows down, and none of it is lost. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { begin, ended, whenAt } from '../../helpers/operations';
import { Project } from '../../helpers/project';
import { parseMetrics } from '../../helpers/promtext';

const CLIENTS = 20;
const EACH = 40;
const HELD = 256;
const WAITS = `
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onStart } from 'firefly-ts';
onStart(async () => { while (existsSync(join(__dirname, 'wait'))) await delay(20); });
`;

function project(limits: Readonly<Record<string, number>>): Project {
  const leaf = { remoteport: [{ rootport: 10000, rootname: 'gate' }] };
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        gate: { rootport: 10000, app: 'app.gate' },
        net: { netport: 10001, ...leaf, app: 'app.net' },
        game1: { ...leaf, app: 'app.game' },
      },
      limits: { redialMaxMs: 300, holdMs: 30_000, rpcDeadlineMs: 30_000, framesPerSecond: 100_000, ...limits },
    }),
    'app/net.ts': `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
const front = GlobalObject().netfactory;
if (front) front.errorEncoder = (error) => 'failed: ' + (error as Error).name;
netserviceHandle('*', (command: number, conn: { id: number }, data: Buffer) => GlobalObject().remote.gate?.callRemote('pass', command, conn.id, data));
`,
    'app/gate.ts': `${WAITS}
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
rootserviceHandle(function pass(command: number, _dynamicId: number, data: Buffer) {
  return GlobalObject().root?.callChild('game1', 'answer', data);
});
`,
    'app/game.ts': `${WAITS}
import { remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(function answer(data: Buffer) { return data; });
`,
  });
}

describe('requests for a node that is restarted', () => {
  for (const [what, limits, payload] of [
    ['calls', { heldCalls: HELD }, 10],
    ['bytes', { heldBytes: 2_000 * HELD }, 2_000],
  ] as const) {
    for (const node of ['game1', 'gate']) {
      it(`wait with their clients when they are more ${what} than may wait for ${node}, and all are answered`, async () => {
        using files = project(limits);
        await using cluster = await startCluster(files.path('config.json'));
        const clients = await Promise.all(
          Array.from({ length: CLIENTS }, () => connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 30_000 })),
        );
        const metrics = async () => parseMetrics((await cluster.get('/metrics?node=net')).text);
        const heldBack = async () => (await metrics()).get('firefly_net_held_back')?.samples[0]?.value;
        files.edit('app/wait', '');
        await begin(cluster, `/restart?node=${node}`);
        await whenAt(cluster, new RegExp(`${node} starts`));
        const asked = clients.flatMap((client, at) =>
          Array.from({ length: EACH }, (_, n) => client.request(300, `${at} ${n}`.padEnd(payload), 30_000)),
        );
        await cluster.waitFor(async () => (await heldBack()) === 1, 'clients held back');
        rmSync(files.path('app/wait'));
        const answers = (await Promise.all(asked)).map(({ text }) => text.trimEnd());
        assert.deepEqual(
          answers,
          clients.flatMap((_, at) => Array.from({ length: EACH }, (_, n) => `${at} ${n}`)),
        );
        const operation = await ended(cluster);
        assert.equal(operation.state, 'done', operation.lines.join('\n'));
        assert.equal(await heldBack(), 0);
        await Promise.all(clients.map((client) => client.close()));
      });
    }
  }
});
