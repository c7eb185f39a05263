/**
 * The one global of a node: what handler modules reach the framework through, under Firefly's names.
 *
 * `FFServer` fills it before it loads the node's modules. Classes inside the framework never read it; they get what they need as arguments.
 */
import type { DataAccess } from '../dbentrust/port';
import type { RemoteObject } from '../distributed/node';
import type { PBRoot } from '../distributed/root';
import type { Logger } from '../log/log';
import type { LiberateFactory } from '../netconnect/factory';
import { CommandService } from '../services/commandservice';
import { RouteTable } from '../web/routes';
import type { SqlAccess } from './data';
import type { Leases } from './leases/leases';
import { Generation } from './reload/generation';
import type { Sessions } from './sessions/sessions';
import type { Watchdog } from './watch/watchdog';

export class NodeGlobals {
  /** This node as a root for others; there when its config has a `rootport`. */
  root: PBRoot | undefined;
  /** The roots this node links to, by name. */
  remote: Record<string, RemoteObject> = {};
  /** The client front; there when the config has a `netport`. */
  netfactory: LiberateFactory | undefined;
  /** Commands that a node answers itself instead of passing them on. */
  localservice: CommandService = new CommandService('local');
  /** Pages of the node's web port, by path. */
  webroot: RouteTable = new RouteTable();
  /** The link to the master. */
  masterremote: RemoteObject | undefined;
  /** Runs when the node stops, awaited, before its links and stores close. */
  stophandler: (() => unknown) | undefined;
  /** The module that a reload loads afresh; the node's `app` module when undefined. */
  reloadmodule: string | undefined;
  /** The node's section of the configuration as it was written, with the game's own section as `game`. */
  config: Readonly<Record<string, unknown>> & { readonly game?: unknown } = {};
  /** The node's log; lines carry the node's name and the version of the code that runs. */
  log: Logger | undefined;
  /** @internal What the handles of this folder work on. */
  readonly node: NodeInternals = { generation: new Generation(), states: new Map() };
}

/** What only the framework's own handles touch. */
export interface NodeInternals {
  generation: Generation;
  readonly states: Map<string, unknown>;
  /** Whether a reload loads only a part of the node's modules afresh. */
  isPartial?: boolean;
  data?: DataAccess;
  sql?: SqlAccess;
  sessions?: Sessions;
  leases?: Leases;
  /** Ends this process when its event loop stands still; what does so on purpose goes through `during`. */
  watchdog?: Watchdog;
  /** The roots this node links to, without the writer of tables. */
  roots?: readonly RemoteObject[];
}

const globals = new NodeGlobals();

/** Firefly's way to everything a node has. */
export function GlobalObject(): NodeGlobals {
  return globals;
}
