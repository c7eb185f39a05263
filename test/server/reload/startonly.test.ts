/** What a reload does not run, and says so: hooks of `onStart` and migrations that came after the process started. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StartHook } from '../../../src/server/reload/generation';
import type { Subtree } from '../../../src/server/reload/modules';
import { StartOnly } from '../../../src/server/reload/startonly';

const hook = (place: string, text: string): StartHook => ({ place, run: Object.assign(() => {}, { toString: () => text }) });
const subtree = (modules: Readonly<Record<string, object>>): Subtree => ({
  entry: '/game/app/main.js',
  modules: new Map(Object.entries(modules).map(([file, exports]) => [file, { filename: file, exports } as NodeJS.Module])),
  hashes: new Map(),
});

const FIRST = subtree({ '/game/app/main.js': {}, '/game/app/0001_a.js': { up: () => {} } });
const started = new StartOnly('/game', [hook('app/main.ts:5', 'a'), hook('app/main.ts:5', 'a')], [FIRST]);

describe('what waits for a restart', () => {
  it('is nothing when the hooks are those of the start, wherever they stand now, or fewer', () => {
    assert.deepEqual(started.waiting([hook('app/main.ts:9', 'a'), hook('app/main.ts:9', 'a')], FIRST, true), []);
    assert.deepEqual(started.waiting([], FIRST, true), []);
  });

  it('is each hook that reads otherwise, stands in another file, or was asked for more often', () => {
    const hooks = [
      hook('app/main.ts:5', 'b'),
      hook('app/other.ts:1', 'a'),
      hook('app/main.ts:5', 'a'),
      hook('app/main.ts:5', 'a'),
      hook('app/main.ts:6', 'a'),
    ];
    assert.deepEqual(started.waiting(hooks, FIRST, true), [
      'onStart at app/main.ts:5',
      'onStart at app/other.ts:1',
      'onStart at app/main.ts:6',
    ]);
  });

  it('is each migration that came since, in the node that migrates', () => {
    const now = subtree({
      '/game/app/main.js': {},
      '/game/app/0001_a.js': { up: () => {} },
      '/game/app/0002_b.js': { up: () => {} },
      '/game/app/c.js': { down: 1 },
    });
    assert.deepEqual(started.waiting([], now, true), ['migration app/0002_b.js']);
    assert.deepEqual(started.waiting([], now, false), []);
  });
});
