import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterConfig } from '../../src/config/config';
import { rootsByJob } from '../../src/config/jobs';

const node = (app: string | undefined, ...roots: string[]) => ({ app, roots: roots.map((name) => ({ name })) });

describe('the roots of a node', () => {
  it('that run the same module do the same; the writer, and one without a module, are alone', () => {
    const nodes = {
      gate1: node('/app/gate'),
      gate2: node('/app/gate'),
      chat: node('/app/chat'),
      plain1: node(undefined),
      plain2: node(undefined),
      dbfront: node('/app/gate'),
      game1: node('/app/game', 'gate1', 'chat', 'gate2', 'plain1', 'plain2', 'dbfront'),
    };
    const cluster = { nodes, writer: 'dbfront' } as unknown as ClusterConfig;
    assert.deepEqual(rootsByJob('game1', cluster), [['gate1', 'gate2'], ['chat'], ['plain1'], ['plain2'], ['dbfront']]);
    assert.deepEqual(rootsByJob('gate1', cluster), []);
  });
});
