/** The node's own commands: what the master can ask of every node. */
import type { RemoteObject } from '../distributed/node';
import type { Logger } from '../log/log';
import type { NodeGlobals } from './globalobject';
import { NODE, type NodeReport, type RootAddress } from './nodewire';
import type { Reloader } from './reload';

export interface AdminOptions {
  readonly globals: NodeGlobals;
  readonly reloader: Reloader;
  readonly log: Logger;
  readonly report: () => NodeReport;
  readonly stop: () => Promise<void>;
}

/** Registers the commands on the link to the master. */
export function answerMaster(master: RemoteObject, { globals, reloader, log, report, stop }: AdminOptions): void {
  const answers: Record<string, (...args: never[]) => unknown> = {
    [NODE.links]: (addresses: RootAddress[]) => {
      for (const { name, host, port } of addresses) globals.remote[name]?.connect({ host, port });
    },
    [NODE.status]: report,
    [NODE.stop]: stop,
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
