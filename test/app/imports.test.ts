/** The sample game is written as a user's is: against firefly-ts, and nothing else from outside. And nothing of its data is ever run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { describe, it } from 'node:test';

const APP = join(__dirname, '../../app');
const FILES = readdirSync(APP, { recursive: true, encoding: 'utf8' });
const read = (file: string) => readFileSync(join(APP, file), 'utf8');

/** Ways to run a text as a program. */
const RUNS_TEXT = /\beval\b|\bFunction\(|\bvm\b|setTimeout\(\s*['"`]|\bimport\((?!['"])/;

/** A word of the data: the name of a kind, an attribute, a range. */
const WORD = /^[A-Za-z]+$/;

describe('the sample game', () => {
  it('imports firefly-ts, Node and itself only', () => {
    for (const file of FILES) {
      if (!file.endsWith('.ts')) continue;
      for (const [, from = ''] of read(file).matchAll(/^(?:import|export)(?:[^;']* from)? '([^']+)';/gm)) {
        const inside = from.startsWith('.') && resolve(APP, dirname(file), from).startsWith(APP + sep);
        assert.ok(inside || /^(firefly-ts(\/sql)?$|node:)/.test(from), `app/${file} imports ${from}`);
      }
    }
  });

  it('runs no text, in no node and not on its page', () => {
    const sources = FILES.filter((file) => /\.(ts|mjs|html)$/.test(file));
    assert.ok(sources.length > 100);
    for (const file of sources) assert.doesNotMatch(read(file), RUNS_TEXT, `app/${file}`);
  });

  it('has no program in its data: figures, and words out of fixed lists', () => {
    const tables = FILES.filter((file) => file.startsWith(join('data', 'tables') + sep) && file.endsWith('.json'));
    assert.equal(tables.length, 12);
    for (const file of tables.filter((name) => !name.endsWith('words.json'))) {
      JSON.parse(read(file), (key, value: unknown) => {
        assert.match(key, /^\w*$/, `app/${file}`);
        if (typeof value === 'string') assert.match(value, WORD, `app/${file}`);
        return value;
      });
    }
  });
});
