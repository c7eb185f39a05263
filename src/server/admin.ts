/** The node's own commands: what the master can ask of every node. */
import type { RemoteObject } from '../distributed/node';
import { NoSuchTarget } from '../errors';
import type { Logger } from '../log/log';
import type { NodeGlobals } from './globalobject';
import { NODE, type NodeReport, type ReloadOrder, ROW_VERBS, type RootAddress, type RowVerb } from './nodewire';
import type { Reloader } from './reload/reload';
import type { NodeView } from './watch/nodeview';

export interface AdminOptions {
  readonly globals: NodeGlobals;
  readonly reloader: Reloader;
  readonly log: Logger;
  readonly view: NodeView;
  readonly report: () => NodeReport;
  readonly stop: () => Promise<void>;
}

/** Registers the commands on the link to the master. */
export function answerMaster(master: RemoteObject, { globals, reloader, log, view, report, stop }: AdminOptions): void {
  const answers: Record<string, (...args: never[]) => unknown> = {
    ...view.answers(),
    [NODE.links]: (addresses: RootAddress[]) => {
      for (const { name, host, port } of addresses) globals.remote[name]?.connect({ host, port });
    },
    [NODE.status]: report,
    [NODE.stop]: stop,
    [NODE.rows]: (verb: RowVerb, ...row: [table: string, pk: string]) => askRows(globals, verb, row),
    [NODE.prepare]: (order: ReloadOrder) => reloader.prepare(order),
    [NODE.commit]: (id: string) => {
      const committed = reloader.commit(id);
      log.info({ ...committed }, 'reloaded');
      return committed;
    },
    [NODE.abort]: (id: string) => reloader.abort(id, 'the master says so'),
  };
  for (const [name, answer] of Object.entries(answers)) master.internal.mapTarget(answer, name);
  // Nobody commits it any more: a new master begins anew.
  master.onDown(() => reloader.forget('the link to the master has ended'));
}

function askRows({ node }: NodeGlobals, verb: RowVerb, row: [table: string, pk: string]): unknown {
  const { data } = node;
  if (!data || !ROW_VERBS.includes(verb)) throw new NoSuchTarget('the rows of this node', verb);
  return verb === 'quarantine' || verb === 'releaseAll' ? data.port[verb]() : data.port[verb](...row);
}
