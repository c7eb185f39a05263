/** `firefly quarantine release --all`: all that the database takes, and the rest is named. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WebRequest } from '../../src/web/request';
import { runWith } from './support';

const row = (pk: number) => ({ table: 'tb_item', pk, reason: 'CHECK constraint failed' });

function master(rows: readonly number[], stuck: readonly number[]) {
  return {
    'GET /quarantine': () => rows.map(row),
    'POST /quarantine/release': ({ query }: WebRequest) =>
      query.get('all') === '1' ? { refused: stuck.map(row) } : { status: 400, body: { error: 'which row?' } },
  };
}

describe('firefly quarantine release --all', () => {
  it('says how many rows the database has taken', async () => {
    const out = ['3 of 3 rows are in the database'];
    assert.deepEqual(await runWith(master([1, 2, 3], []), ['quarantine', 'release', '--all']), { exit: 0, out, errors: [] });
  });

  it('names those that it refuses still, and ends with 1', async () => {
    const { exit, out, errors } = await runWith(master([1, 2, 3], [2, 3]), ['quarantine', 'release', '--all']);
    assert.deepEqual(
      [exit, out],
      [
        1,
        [
          '1 of 3 rows are in the database',
          'table    pk  reason',
          'tb_item  2   CHECK constraint failed',
          'tb_item  3   CHECK constraint failed',
        ],
      ],
    );
    assert.match(errors.join(''), /the database refuses 2 of them still/);
  });

  it('has nothing to do where there is none', async () => {
    assert.deepEqual((await runWith(master([], []), ['quarantine', 'release', '--all'])).out, ['no row is in quarantine']);
  });
});
