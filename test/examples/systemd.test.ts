/** examples/systemd: a unit that systemd takes, and that fits how a cluster starts and stops. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig } from '../../src/config/load';
import { ROOT } from '../docs/page';
import { stopMs } from './stopping';

const UNIT = readFileSync(join(ROOT, 'examples/systemd/firefly.service'), 'utf8');

/** The values of a key, in the order of the file. */
const valuesOf = (key: string) => [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const lastOf = (key: string) => valuesOf(key).at(-1) ?? '';

describe('the systemd unit', () => {
  it('has sections, keys and comments, and nothing else', () => {
    for (const line of UNIT.trim().split('\n')) assert.match(line, /^($|#|\[(Unit|Service|Install)\]$|[A-Z][A-Za-z]+=.+)/);
  });

  it('is taken by systemd, where there is one', () => {
    const dir = mkdtempSync(join(tmpdir(), 'firefly-unit-'));
    try {
      const file = join(dir, 'firefly.service');
      writeFileSync(file, UNIT.replace('/usr/bin/node', process.execPath));
      const { error, status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
      if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return;
      assert.deepEqual([status, `${stdout}${stderr}`.split('\n').filter((line) => line.includes('firefly.service'))], [0, []]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('starts a script that there is, with a config that there is, as nobody special', () => {
    const [, script = '', , config = ''] = lastOf('ExecStart').split(' ');
    assert.ok(existsSync(join(ROOT, script.replace(/\.js$/, '.ts'))), script);
    assert.ok(existsSync(join(ROOT, config)), config);
    assert.equal(lastOf('User'), 'firefly');
    assert.ok(lastOf('ReadWritePaths').startsWith(lastOf('WorkingDirectory')));
  });

  it('tells the master alone to stop, and gives it the time that this may take', async () => {
    assert.deepEqual([lastOf('KillMode'), lastOf('KillSignal')], ['mixed', 'SIGTERM']);
    for (const file of ['config.json', 'config.cluster.json', 'config.mysql.json']) {
      const { config } = await loadConfig(join(ROOT, file), { FIREFLY_DB_PASSWORD: 'x' });
      assert.ok(Number(lastOf('TimeoutStopSec')) * 1_000 > stopMs(config), file);
    }
  });

  it('starts again what died, not what has a wrong config, and has no secret in it', () => {
    assert.deepEqual([lastOf('Restart'), lastOf('RestartPreventExitStatus')], ['on-failure', '2']);
    assert.ok(valuesOf('Environment').every((value) => !/SECRET|PASSWORD|TOKEN/.test(value)));
    assert.match(lastOf('EnvironmentFile'), /^-?\//);
  });
});
