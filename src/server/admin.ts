/** The node's own commands: what the master can ask of every node. */
import type { RemoteObject } from '../distributed/node';
import { NoSuchTarget } from '../errors';
import type { Logger } from '../log/log';
import type { NodeGlobals } from './globalobject';
import type { NodeView } from './nodeview';
import { NODE, type NodeReport, ROW_VERBS, type RootAddress, type RowVerb } from './nodewire';
import type { Reloader } from './reload';

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
    [NODE.prepare]: () => reloader.prepare(),
    [NODE.commit]: () => {
      const codeVersion = reloader.commit();
      log.info({ codeVersion }, 'reloaded');
      return codeVersion;
    },
    [NODE.abort]: () => reloader.abort(),
  };
  for (const [name, answer] of Object.entries(answers)) master.internal.mapTarget(answer, name);
}

function askRows({ node }: NodeGlobals, verb: RowVerb, row: [table: string, pk: string]): unknown {
  const { data } = node;
  if (!data || !ROW_VERBS.includes(verb)) throw new NoSuchTarget('the rows of this node', verb);
  return verb === 'quarantine' ? data.port.quarantine() : data.port[verb](...row);
}
