import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeReply, failure, success } from '../../../app/share/reply';

describe('a reply to a client', () => {
  it('escapes everything beyond ASCII', () => {
    assert.equal(
      encodeReply(success({ name: '火😀\u007f' })),
      '{"result":true,"message":"","data":{"name":"\\u706b\\ud83d\\ude00\\u007f"}}',
    );
  });

  it('means the same after escaping', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = encodeReply(success({ text }));
        assert.match(encoded, /^[ -~]*$/);
        assert.deepEqual(JSON.parse(encoded).data, { text });
      }),
    );
  });

  it('has a message when it says no', () => {
    assert.deepEqual(JSON.parse(encodeReply(failure('norole'))), { result: false, message: 'norole' });
  });
});
