import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HIRE, LOGIN, STATUS } from '../../../app/share/commands';
import { encodeReply, failure, refusal, success } from '../../../app/share/reply';

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

  it('that says no has what clients of its command read beside the message', () => {
    assert.deepEqual(refusal(STATUS, 'no'), { result: false, message: 'no' });
    assert.deepEqual(refusal(LOGIN, 'no'), { result: false, message: 'no', data: {} });
    assert.deepEqual(refusal(HIRE, 'no'), { result: false, message: 'no', messge: 'no' });
  });
});
