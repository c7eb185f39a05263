import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CleanRows } from '../../src/dbentrust/writer/cleanrows';
import { ManagedTable, type RowState } from '../../src/dbentrust/writer/table';

const BOUND = 20_000;

function shelf() {
  const id = { name: 'id', type: 'int', sqlType: 'int', nullable: false, hasDefault: false, default: null, autoIncrement: false };
  const info = { table: 'tb_item', primaryKey: ['id'], uniqueKeys: [], references: [], columns: new Map([['id', id]]) };
  const table = new ManagedTable({ table: 'tb_item', pk: 'id' }, info as never);
  const inUse = new Set<RowState>();
  const clean = new CleanRows((row) => inUse.has(row));
  const row = (pk: number, version = 1): RowState => ({
    table,
    pk,
    key: String(pk),
    now: { id: pk },
    stored: { id: pk },
    version,
    dirty: false,
  });
  const keep = (from: number, to: number) => {
    for (let pk = from; pk < to; pk++) clean.keep(table.rows.get(String(pk)) ?? row(pk));
  };
  return { table, clean, inUse, row, keep };
}

describe('clean rows in memory', () => {
  it('are never more than their bound, and those that were used last are among them', () => {
    const { table, clean, keep } = shelf();
    for (let from = 0; from < 200_000; from += 1_000) {
      keep(from, from + 1_000);
      assert.ok(clean.size <= BOUND);
      assert.equal(clean.size, table.rows.size);
      assert.ok(table.rows.has(String(from)) && table.rows.has(String(from + 999)));
    }
  });

  it('stay while they are used', () => {
    const { table, keep } = shelf();
    for (let from = 0; from < 100_000; from += 1_000) {
      keep(0, 10);
      keep(from + 10, from + 1_010);
    }
    for (let pk = 0; pk < 10; pk++) assert.ok(table.rows.has(String(pk)));
  });

  it('stay while somebody works on them', () => {
    const { table, clean, inUse, row, keep } = shelf();
    const busy = row(1);
    inUse.add(busy);
    clean.keep(busy);
    keep(100, 100 + 5 * BOUND);
    assert.equal(table.rows.get('1'), busy);
    inUse.delete(busy);
    keep(200_000, 200_000 + 2 * BOUND);
    assert.equal(table.rows.has('1'), false);
  });

  it('are looked at a few times each, also when somebody works on all of them', () => {
    const { table, clean, inUse, row } = shelf();
    let looks = 0;
    inUse.has = () => {
      looks += 1;
      return true;
    };
    for (let pk = 0; pk < 100_000; pk++) clean.keep(row(pk));
    assert.equal(table.rows.size, 100_000);
    assert.ok(looks < 1_000_000, `${looks} looks`);
    inUse.has = () => false;
    for (let pk = 100_000; pk < 200_000; pk++) clean.keep(row(pk));
    assert.ok(clean.size <= BOUND);
  });

  it('leave their version behind when they go', () => {
    const { table, clean, row, keep } = shelf();
    clean.keep(row(1, 77));
    keep(100, 100 + BOUND);
    assert.equal(table.rows.has('1'), false);
    assert.equal(table.coldVersion, 77);
  });

  it('are nobody else’s once they are dirty', () => {
    const { table, clean, row, keep } = shelf();
    const changed = row(1);
    clean.keep(changed);
    clean.take(changed);
    keep(100, 100 + 2 * BOUND);
    assert.equal(table.rows.get('1'), changed);
    clean.keep(changed);
    clean.drop(changed);
    assert.equal(table.rows.has('1'), false);
  });
});
