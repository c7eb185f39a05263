import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Epochs } from '../../src/distributed/epochs';
import { Replaced } from '../../src/errors';

describe('the epochs that a root has seen', () => {
  it('refuse an older one of the same name, and nothing else', () => {
    const epochs = new Epochs();
    epochs.see('game1', 3);
    epochs.see('game1', 3);
    epochs.see('game2', 1);
    assert.throws(() => epochs.see('game1', 2), Replaced);
    epochs.see('game1', 4);
    assert.throws(() => epochs.see('game1', 3), Replaced);
  });

  it('do not grow for ever: the name that was away longest is forgotten', () => {
    const epochs = new Epochs();
    epochs.see('stays', 7);
    for (let n = 0; n < 20_000; n++) {
      epochs.see(`leaf ${n}`, 5);
      if (n % 1000 === 0) epochs.see('stays', 7);
    }
    assert.equal(epochs.size, 4096);
    assert.throws(() => epochs.see('stays', 6), Replaced);
    assert.throws(() => epochs.see('leaf 19999', 4), Replaced);
    epochs.see('leaf 0', 4);
  });
});
