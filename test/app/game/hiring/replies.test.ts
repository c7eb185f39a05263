import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hiredReply, hireRecordsReply } from '../../../../app/game/hiring/replies';

describe('the answers about hiring', () => {
  it('have their message twice, under the name that clients read too', () => {
    assert.deepEqual(hiredReply('Hired.'), { result: true, message: 'Hired.', messge: 'Hired.' });
  });

  it('show a fight with exactly these fields', () => {
    const record = { chaname: 'hirer', zyname: 'Dawn', battleresult: 1, coinbound: 100, huoli: 1, reocrddate: '2026-01-02 03:04:05' };
    assert.deepEqual(hireRecordsReply([record]), {
      result: true,
      message: '',
      data: { recordlist: [{ datestr: '2026-01-02 03:04:05', rolename: 'hirer', zyname: 'Dawn', bresult: 1, coin: 100, huoli: 1 }] },
    });
  });
});
