/** `firefly quarantine release --all`: each row once, a row that went with another's group not again, and the rest is named. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WebRequest } from '../../src/web/request';
import { runWith } from './support';

const row = (pk: number) => ({ table: 'tb_item', pk, reason: 'CHECK constraint failed' });

/** Rows 1 and 2 are one group; `stuck` ones the database refuses still. */
function master(stuck: readonly number[]) {
  let rows = [1, 2, 3];
  const released: string[] = [];
  return {
    released,
    routes: {
      'GET /quarantine': () => rows.map(row),
      'POST /quarantine/release': ({ query }: WebRequest) => {
        const pk = Number(query.get('pk'));
        released.push(`${query.get('table')} ${pk}`);
        const group = pk < 3 ? [1, 2] : [3];
        if (group.some((member) => stuck.includes(member))) return { refused: group.map(row) };
        rows = rows.filter((member) => !group.includes(member));
        return { refused: [] };
      },
    },
  };
}

describe('firefly quarantine release --all', () => {
  it('releases each group once', async () => {
    const { released, routes } = master([]);
    assert.deepEqual(await runWith(routes, ['quarantine', 'release', '--all']), {
      exit: 0,
      out: ['3 of 3 rows are in the database'],
      errors: [],
    });
    assert.deepEqual(released, ['tb_item 1', 'tb_item 3']);
  });

  it('goes on behind one that is refused, and ends with 1', async () => {
    const { released, routes } = master([2]);
    const { exit, out, errors } = await runWith(routes, ['quarantine', 'release', '--all']);
    assert.deepEqual([exit, out[0], out.length], [1, '1 of 3 rows are in the database', 4]);
    assert.match(errors.join(''), /the database refuses 2 of them still/);
    assert.deepEqual(released, ['tb_item 1', 'tb_item 3']);
  });

  it('has nothing to do where there is none', async () => {
    assert.deepEqual((await runWith({ 'GET /quarantine': () => [] }, ['quarantine', 'release', '--all'])).out, ['no row is in quarantine']);
  });
});
