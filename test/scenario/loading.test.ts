/** Each node loads what its role needs and nothing else: looked up in the processes of the sample game. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { connectClient } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';

/** Loaded before the node; writes down at the end which packages and which modules of Node were there. */
const WITNESS = `
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
process.on('exit', () => {
  const packages = Object.keys(require.cache).map((file) => /node_modules.((?:@[^/\\\\]+.)?[^/\\\\]+)/.exec(file)?.[1]);
  const ofNode = process.moduleLoadList.map((line) => /^NativeModule (\\w+)$/.exec(line)?.[1]).map((name) => name && 'node:' + name);
  const loaded = [...new Set([...packages, ...ofNode])].filter(Boolean);
  writeFileSync(join(process.env.WITNESS_DIR, (process.argv[2] ?? '').replace(/\\W/g, '') + '.json'), JSON.stringify(loaded));
});
`;

const WATCHED = ['kysely', 'mysql2', 'zod', 'commander', 'memjs', 'node:http'];

describe('a node of the sample game', () => {
  it('loads neither mysql2 nor kysely nor zod nor http unless its role needs it', async () => {
    using project = new Project({ 'witness.js': WITNESS });
    mkdirSync(project.path('out'));
    const env = { NODE_OPTIONS: `--require ${project.path('witness.js')}`, WITNESS_DIR: project.path('out') };
    await using cluster = await startCluster('config.json', { env });
    await using player = await connectClient({ port: cluster.port(11009) });
    const { data } = JSON.parse((await player.request(101, { username: 'light', password: 'light' })).text);
    await player.request(102, { userId: data.userId, rolename: 'light', profession: 1 });
    await cluster.stop();
    const loaded = (node: string) => {
      const all: string[] = JSON.parse(readFileSync(project.path(`out/${node}.json`), 'utf8'));
      assert.ok(all.includes('pino') && all.includes('node:net'), `what ${node} loaded: ${all}`);
      return WATCHED.filter((name) => all.includes(name));
    };
    assert.deepEqual(loaded('game1'), ['memjs']);
    assert.deepEqual(loaded('gate'), ['memjs']);
    assert.deepEqual(loaded('net'), []);
    assert.deepEqual(loaded('admin'), ['memjs', 'node:http']);
    assert.deepEqual(loaded('dbfront'), ['kysely', 'memjs']);
  });
});
