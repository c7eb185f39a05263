import { describe, it } from 'node:test';
import { assertClean, chaos } from './run';

describe('chaos on the embedded stores', () => {
  it('is survived by everything that was acknowledged', async ({ signal }) => {
    assertClean(
      await chaos(signal, '--stores', 'embedded', '--steps', '8', '--transfers', '300', '--minutes', '1.5'),
      ['game', 'dbfront'],
      300,
    );
  });
});
