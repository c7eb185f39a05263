/** The answers to 2301 and 2309. Pure. */
import { done, type Reply, success } from '../../share/reply';
import type { ShownRecord } from './rows';

/** Clients read the misspelt name. */
export function hiredReply(message: string): Reply & { readonly messge: string } {
  return { ...done(message), messge: message };
}

export function hireRecordsReply(records: readonly ShownRecord[]): Reply {
  return success({
    recordlist: records.map(({ reocrddate, chaname, zyname, battleresult, coinbound, huoli }) => ({
      datestr: reocrddate,
      rolename: chaname,
      zyname,
      bresult: battleresult,
      coin: coinbound,
      huoli,
    })),
  });
}
