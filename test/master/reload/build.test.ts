import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBuildReport } from '../../../src/master/reload/build';

describe('what the development tool tells of a build', () => {
  it('is taken as it is, but for what is too much', () => {
    const error = { file: '/game/app/gate.ts', line: 3, message: 'm'.repeat(5_000), more: 'is not looked at' };
    const { ok, errors } = readBuildReport(JSON.stringify({ ok: false, errors: Array(500).fill(error) }));
    assert.equal(ok, false);
    assert.equal(errors.length, 100);
    assert.deepEqual(errors[0], { file: '/game/app/gate.ts', line: 3, message: 'm'.repeat(1_000) });
    assert.deepEqual(readBuildReport('{"ok":true,"errors":[]}'), { ok: true, errors: [] });
  });

  it('is refused when it is something else', () => {
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '{"ok":1,"errors":[]}',
      '{"ok":true}',
      '{"ok":false,"errors":[{"file":1}]}',
      '{"ok":false,"errors":[null]}',
    ])
      assert.throws(() => readBuildReport(text), /Error/, text);
  });
});
