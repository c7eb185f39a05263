import { describe, it } from 'node:test';
import { assertClean, chaos } from './run';

describe('chaos on the embedded stores', () => {
  it('is survived by everything that was acknowledged', async () => {
    assertClean(await chaos('--stores', 'embedded', '--steps', '8', '--transfers', '300', '--minutes', '1.5'), ['game', 'dbfront'], 300);
  });
});
