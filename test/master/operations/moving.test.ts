import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fleet } from '../../../src/master/operations/fleet';
import { Moving } from '../../../src/master/operations/moving';
import type { Progress } from '../../../src/master/operations/operations';

describe('what peers are told of a node that is left alone', () => {
  it('is to give it nothing new, and to move nothing away, when it is about to be started', async () => {
    const told: unknown[] = [];
    const fleet = {
      config: { nodes: { gate1: { name: 'gate1', roots: [] }, net: { name: 'net', roots: [{ name: 'gate1' }] } } },
      process: () => ({ node: { supervise: { shutdownMs: 1_000, readyMs: 2_000 } } }),
      child: (peer: string) => ({ call: async (_: string, args: unknown[]) => void told.push([peer, ...args]) }),
    } as unknown as Fleet;
    const moving = new Moving(fleet, 'gate1', {} as Progress);
    await moving.avoid(5_000);
    await moving.end();
    assert.deepEqual(told, [
      ['net', 'gate1', true, true, 18_000, false],
      ['gate1', 'gate1', true, true, 18_000, false],
      ['net', 'gate1', false, false, 0, false],
      ['gate1', 'gate1', false, false, 0, false],
    ]);
  });
});
