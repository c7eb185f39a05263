import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseNode } from '../../../app/gate/scenes/rules';

describe('the choice of a game node', () => {
  it('falls on the one with the fewest players', () => {
    assert.equal(
      chooseNode(
        ['net', 'game1', 'game2', 'admin'],
        new Map([
          ['game1', 3],
          ['game2', 2],
        ]),
      ),
      'game2',
    );
  });

  it('falls on a node that has just joined, and never on one that is gone', () => {
    assert.equal(
      chooseNode(
        ['game1', 'game3'],
        new Map([
          ['game1', 1],
          ['game2', 0],
        ]),
      ),
      'game3',
    );
  });

  it('falls on the first by name among equals', () => {
    assert.equal(chooseNode(['game2', 'game1'], new Map()), 'game1');
  });

  it('falls on none when there is no game node', () => {
    assert.equal(chooseNode(['net', 'admin'], new Map()), undefined);
  });
});
