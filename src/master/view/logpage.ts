/** What `GET /log` answers: lines of a node's log, and how its process before ended. One that is down is answered for by the last that it said. */
import type { FireflyError } from '../../errors';
import type { NodeExit, NodeProcess } from '../nodes/nodeprocess';
import type { LogPage } from './clusterview';

/** Lines that a node answered. */
interface Answered extends LogPage {
  /** How the process before the one that answers has ended. Told to who begins to read, or has read that one. */
  readonly lastEnd?: NodeExit | null;
}

/** @param after what was asked for */
export function answered(page: LogPage, process: NodeProcess | undefined, after: number | undefined): Answered {
  const isNewReader = after === undefined || page.next < after;
  return isNewReader && process ? { ...page, lastEnd: process.exits.at(-1) ?? null } : page;
}

/** In place of the lines that a node cannot give. */
export function unanswered(error: FireflyError, process: NodeProcess | undefined) {
  if (!process) return { error: error.message, code: error.code };
  const { pid, trouble, exits, node } = process;
  const lastEnd = exits.at(-1) ?? null;
  const why = trouble ?? (lastEnd && pid === undefined ? `it ${lastEnd.reason}` : undefined);
  const where = node.log
    ? `all of its log is in ${node.log} on its machine`
    : 'its config names no file ("log"), so what else it said is in the output of the master';
  const state = pid === undefined ? 'is down' : 'does not answer';
  return {
    error: `${node.name} ${state}${why === undefined ? '' : ` (${why})`}; ${where}`,
    code: error.code,
    lastEnd,
    file: node.log ?? null,
  };
}
