/** The sample game is written as a user's is: against firefly-ts, and nothing else from outside. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { describe, it } from 'node:test';

const APP = join(__dirname, '../../app');

describe('the sample game', () => {
  it('imports firefly-ts, Node and itself only', () => {
    for (const file of readdirSync(APP, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      for (const [, from = ''] of readFileSync(join(APP, file), 'utf8').matchAll(/^(?:import|export)(?:[^;']* from)? '([^']+)';/gm)) {
        const inside = from.startsWith('.') && resolve(APP, dirname(file), from).startsWith(APP + sep);
        assert.ok(inside || /^(firefly-ts(\/sql)?$|node:)/.test(from), `app/${file} imports ${from}`);
      }
    }
  });
});
