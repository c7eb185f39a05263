import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as errors from '../../src/errors';

type ErrorClass = typeof errors.FireflyError;

/** Every class of src/errors.ts, by name. */
const CLASSES = Object.entries(errors as Record<string, unknown>).filter(
  (entry): entry is [string, ErrorClass] =>
    typeof entry[1] === 'function' && (entry[1] === errors.FireflyError || entry[1].prototype instanceof errors.FireflyError),
);

interface Row {
  readonly code: string;
  readonly retryable: string;
  readonly maybe: string;
  readonly advice: string;
}

/** The table, by class. */
function documented(): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8').split('\n')) {
    const [, code, name, retryable, maybe, , advice] = line.split('|').map((cell) => cell.trim());
    if (!code?.startsWith('`') || !name || !retryable || !maybe || !advice) continue;
    rows.set(name.replaceAll('`', ''), { code: code.replaceAll('`', ''), retryable, maybe, advice });
  }
  return rows;
}

/** An error of that class. What its arguments say does not matter here; a list can stand for a text, but not the other way round. */
function sample(name: string, Class: ErrorClass): errors.FireflyError {
  const made: unknown = Reflect.construct(Class, [['made'], 'by', 'this', 'test']);
  assert.ok(made instanceof errors.FireflyError, name);
  return made;
}

/** What the table must say of a flag: its value, or that each error has its own because the constructor sets it. */
function expected(Class: ErrorClass, error: errors.FireflyError, flag: 'retryable' | 'maybeExecuted'): string {
  if (Class.toString().includes(`this.${flag} = `)) return `\`${flag}\` says`;
  return error[flag] ? 'yes' : 'no';
}

describe('docs/errors.md', () => {
  it('lists every error class of the framework, and no other', () => {
    assert.deepEqual([...documented().keys()].sort(), CLASSES.map(([name]) => name).sort());
  });

  for (const [name, Class] of CLASSES) {
    it(`tells the truth about ${name}`, () => {
      const row = documented().get(name);
      const error = sample(name, Class);
      assert.equal(row?.code, error.code);
      assert.equal(row?.retryable, expected(Class, error, 'retryable'));
      assert.equal(row?.maybe, expected(Class, error, 'maybeExecuted'));
    });
  }

  it('has a code of its own for each class', () => {
    const codes = CLASSES.map(([, Class]) => Class.code);
    assert.deepEqual(
      codes.filter((code, at) => codes.indexOf(code) !== at),
      [],
    );
  });
});
