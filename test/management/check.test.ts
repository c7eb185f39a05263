/** `firefly check`: what a config would start, in the order of the start, without a secret; and its mistakes like those of a start. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { claimPorts } from '../helpers/ports';
import { Project } from '../helpers/project';
import { runAlone } from './support';

const game = (more: object = {}) =>
  new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998, token: 'a-token-of-the-operator' },
      servers: {
        net: { netport: 10001, remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.net' },
        gate: { rootport: 10000, app: 'app.gate' },
        dbfront: { db: true, mem: true, restart: 'permanent' },
      },
      db: { host: '10.0.0.7', user: 'game', passwd: 'a-password-of-the-database', db: 'game' },
      memcached: { urls: ['10.0.0.7:11211'], hostname: 'game' },
      secret: 'a-secret-that-is-long-enough',
      ...more,
    }),
    'app/gate.ts': '',
    'app/net.ts': '',
  });

describe('firefly check', () => {
  it('says in which order what starts, and where it listens and what it links to', async () => {
    using project = game();
    const { exit, out, errors } = await runAlone(['check', '--config', project.path('config.json')]);
    assert.deepEqual([exit, errors], [0, []]);
    const text = out.join('\n');
    assert.match(text, /^.*config\.json can be started$/m);
    assert.match(text, /^database {2}MySQL, game at 10\.0\.0\.7:3306$/m);
    assert.match(text, /^cache {5}memcached at 10\.0\.0\.7:11211$/m);
    assert.match(text, /^secret {4}from the config$/m);
    const steps = out.flatMap((line) => /^ +(\d) +(\w+) /.exec(line)?.slice(1).join(' ') ?? []);
    assert.deepEqual(steps, ['1 gate', '1 dbfront', '2 net']);
    assert.match(text, /net +app\/net +clients 127\.0\.0\.1:10001 +gate/);
  });

  it('tells programs the same, and nobody a password, a token or a secret', async () => {
    using project = game({ unknown: 1 });
    const args = ['--config', project.path('config.json'), 'check'];
    const plain = await runAlone(args);
    const { exit, out } = await runAlone([...args, '--json']);
    const report = JSON.parse(out.join('\n'));
    assert.deepEqual([exit, report.ok, report.nodes.length], [0, true, 3]);
    assert.match(report.warnings.join('\n'), /unknown/);
    assert.match(plain.out.join('\n'), /\nwarnings:\n {2}.*unknown/);
    assert.doesNotMatch(`${out.join('\n')}${plain.out.join('\n')}`, /a-(token|password|secret)-/);
  });

  it('names ports that somebody holds', async () => {
    using project = game();
    await using ports = await claimPorts([9998, 9999, 10000, 10001]);
    const stranger = createServer().listen(10000 + ports.offset, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const env = { FIREFLY_PORT_OFFSET: String(ports.offset) };
      const { exit, out } = await runAlone(['--config', project.path('config.json'), 'check'], env);
      assert.equal(exit, 0);
      assert.match(out.join('\n'), /ports that are in use now, by this cluster if it runs:\n {2}servers\.gate\.rootport is \d+/);
    } finally {
      stranger.close();
    }
  });

  it('lists every mistake and ends with 2', async () => {
    using project = game({ limits: { leaseMs: 'long', hangMs: -1 } });
    const args = ['--config', project.path('config.json'), 'check'];
    const { exit, out, errors } = await runAlone(args);
    assert.deepEqual([exit, out], [2, []]);
    assert.match(errors.join('\n'), /limits\.leaseMs[\s\S]*\n.*limits\.hangMs/);
    const json = await runAlone([...args, '--json']);
    assert.equal(json.exit, 2);
    assert.equal(JSON.parse(json.out.join('\n')).problems.length, 2);
  });
});
