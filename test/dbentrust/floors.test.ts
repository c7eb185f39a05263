import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Floors } from '../../src/dbentrust/reading/floors';

describe('what a node knows at least of rows', () => {
  it('is kept for the span and forgotten some time after it', () => {
    let now = 0;
    const floors = new Floors(10, 100, () => now);
    floors.note('a', 5);
    now = 99;
    floors.note('b', 1);
    assert.equal(floors.of('a'), 5);
    now = 199;
    floors.note('c', 1);
    assert.equal(floors.of('b'), 1);
    now = 1_000;
    floors.note('d', 1);
    assert.deepEqual([floors.of('a'), floors.of('b'), floors.of('d')], [undefined, undefined, 1]);
    assert.equal(floors.size, 1);
  });

  it('closes the cache for a span when more is noted than there is room for', () => {
    let now = 0;
    const floors = new Floors(3, 100, () => now);
    for (const name of ['a', 'b', 'c']) floors.note(name, 1);
    assert.equal(floors.complete, true);
    floors.note('d', 1);
    assert.equal(floors.complete, false);
    assert.equal(floors.of('d'), 1);
    now = 100;
    assert.equal(floors.complete, true);
    assert.equal(floors.of('d'), 1);
  });

  it('whatever is noted: for a span either the version stands or nothing is trusted, and the bound holds', () => {
    const steps = fc.array(fc.record({ name: fc.integer({ min: 0, max: 9 }), wait: fc.nat(60), version: fc.nat(100) }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (list) => {
        let now = 0;
        const floors = new Floors(4, 100, () => now);
        const noted: { name: string; version: number; at: number }[] = [];
        for (const { name, wait, version } of list) {
          now += wait;
          floors.note(String(name), version);
          noted.push({ name: String(name), version, at: now });
          for (const one of noted) {
            if (now - one.at < 100 && floors.complete) assert.ok((floors.of(one.name) ?? -1) >= one.version);
          }
          assert.ok(floors.size <= 8);
        }
      }),
    );
  });
});
