import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeProcess, type NodeProcessOptions } from '../../../src/master/nodes/nodeprocess';
import { Project } from '../../helpers/project';
import { testLog } from '../../wire/support';

function nodeOf(files: Project, printed: string[]): NodeProcess {
  const supervise = { restart: 'permanent', intensity: 5, periodMs: 60_000, backoffMinMs: 10, backoffMaxMs: 100, readyMs: 60_000 };
  return new NodeProcess({
    cluster: { path: files.path('config.json') },
    node: { name: 'game1', supervise },
    secret: 'a secret of the tests',
    game: { forStart: () => ({}) },
    main: files.path('main.js'),
    log: testLog().log,
    print: (line: string) => printed.push(line),
    mayGiveUp: true,
    gaveUp: () => {},
  } as unknown as NodeProcessOptions);
}

describe('a process that is to take over', () => {
  it('that cannot load its code is told of with its last words, and is no exit of the node', async () => {
    using files = new Project({ 'main.js': "throw new Error('half a build');" });
    const node = nodeOf(files, []);
    await assert.rejects(
      node.prepare(),
      /^Error: the next process of game1 cannot load: it failed with exit code 1: Error: half a build; nothing was changed$/,
    );
    assert.deepEqual([node.state, node.exits.length], ['exited', 0]);
  });

  it('waits for its turn once it has loaded its code', async () => {
    using files = new Project({ 'main.js': "process.send('loaded'); setInterval(() => {}, 1000);" });
    const node = nodeOf(files, []);
    await node.prepare();
    node.dismiss();
  });
});
