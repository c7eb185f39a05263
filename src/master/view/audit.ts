/** One line in the master's log for each act of an operator: who, what, to whom, and what came of it. */
import type { Logger } from '../../log/log';
import { HIDDEN, soundsSecret } from '../../log/redact';
import type { Reply } from '../../web/reply';
import type { WebRequest } from '../../web/request';

/** In characters, of what an answer says is wrong. */
const MAX_ERROR = 300;

/** What makes the audit line of a request. Values of a query are shown unless they sound like a secret: a line is no place for one. */
export function auditor(log: Logger): (request: WebRequest, reply: Reply) => void {
  return ({ method, path, query, address }, reply) => {
    const asked = [...query].map(([key, value]) => `${key}=${soundsSecret(key) ? HIDDEN : value.slice(0, 100)}`);
    const act = [method, path.slice(0, 100), ...asked].join(' ');
    // Not `node`, which is who writes the line.
    const target = query.get('node')?.slice(0, 100) ?? 'cluster';
    const outcome = reply.status < 400 ? 'done' : (errorOf(reply) ?? 'refused');
    log[reply.status < 400 ? 'info' : 'warn'](
      { event: 'audit', who: address, act, target, status: reply.status, outcome },
      `operator at ${address}: ${act}: ${reply.status} ${outcome}`,
    );
  };
}

/** What the answer tells the operator. */
function errorOf({ bytes }: Reply): string | undefined {
  try {
    const { error, message } = JSON.parse(bytes.toString()) as { error?: unknown; message?: unknown };
    const text = error ?? message;
    return typeof text === 'string' ? text.slice(0, MAX_ERROR) : undefined;
  } catch {
    return undefined;
  }
}
