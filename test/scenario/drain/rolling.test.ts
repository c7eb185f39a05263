/** A rolling restart of every node but the net nodes, under clients that go on asking: no request, no write, no push and no connection is lost. */
import { describe, it } from 'node:test';
import { inDbfront } from '../../../tools/lib/stores';
import { losesNothing } from './rollingpromise';

describe('a rolling restart', () => {
  for (const [config, nodes] of [
    ['config.json', 4],
    ['config.cluster.json', 5],
  ] as const) {
    it(`of ${config} loses nothing`, async () => {
      await losesNothing(config, inDbfront('darkworld'), nodes);
    });
  }
});
