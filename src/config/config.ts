/**
 * What a checked configuration looks like to the rest of the framework: plain data, so that the master can hand it to its nodes.
 *
 * Firefly's own words (`rootport`, `remoteport`, `mem`) end here; everything below uses these names.
 */

export interface ClusterConfig {
  /** Absolute path of the file it was read from. */
  readonly path: string;
  /** Folder of that file; module and log paths are relative to it. */
  readonly dir: string;
  /** Where the cluster keeps its files: `FIREFLY_DATA_DIR`, else `data` in `dir`. */
  readonly dataDir: string;
  readonly master: MasterConfig;
  /** By node name, in the order of the file. */
  readonly nodes: Readonly<Record<string, NodeConfig>>;
  readonly db?: DbConfig;
  readonly mem?: MemConfig;
  /** The node that writes managed tables, when any node uses `db` or `mem`. */
  readonly writer?: string;
  readonly limits: Limits;
  /** The share of clients' requests that are followed through the nodes; 0 is off. */
  readonly trace: { readonly sample: number };
  /** From the file or `FIREFLY_SECRET`; otherwise it is kept in `dataDir`. */
  readonly secret?: string;
  /** How nodes link to each other; in the clear when left out. */
  readonly tls?: TlsConfig;
  /** The game's own section, untouched. */
  readonly game: unknown;
}

export interface MasterConfig {
  /** Where nodes dial the master. */
  readonly host: string;
  /** Address the master listens on. */
  readonly bind: string;
  readonly rootPort: number;
  readonly webPort: number;
  readonly token?: string;
  /** Absolute path of the log file. */
  readonly log?: string;
}

export interface NodeConfig {
  readonly name: string;
  /** Module of the node's handlers, absolute and without extension. */
  readonly app?: string;
  /** Module that a reload loads afresh; the `app` module when left out. Absolute, without extension. */
  readonly reload?: string;
  /** Absolute path of the log file. */
  readonly log?: string;
  readonly db: boolean;
  readonly mem: boolean;
  readonly netPort?: number;
  /** Port for WebSocket clients. */
  readonly wsPort?: number;
  /** Pages whose browsers may connect to `wsPort`; any when left out. */
  readonly wsOrigins?: readonly string[];
  /** Absolute paths of certificate chain and private key of the ports for clients. */
  readonly tls?: TlsFiles;
  /** A proxy in front of the ports for clients says who they are. */
  readonly proxyProtocol: boolean;
  readonly webPort?: number;
  /** Port for leaves that name this node; 0 for a writer without one: any free port, published in the link map. */
  readonly rootPort?: number;
  /** Address the node's ports listen on. */
  readonly bind: string;
  /** The roots it links to, the writer last when it was not named. */
  readonly roots: readonly RootRef[];
  /** The processors it may run on, as a bit mask. */
  readonly cpu?: number;
  readonly supervise: Supervise;
  /** The node's section as it was written, for `GlobalObject().config`. */
  readonly section: Readonly<Record<string, unknown>>;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface RootRef {
  readonly name: string;
  /** Left out for the writer when its port is published in the link map only. */
  readonly port?: number;
}

/** What the master does when a node exits. Times in milliseconds. */
export interface Supervise {
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly intensity: number;
  readonly periodMs: number;
  /** The first wait before a restart; it doubles up to `backoffMaxMs`. */
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** What follows when the node is given up: it is reported and tried again at the longest wait, or left alone until somebody starts it, or the whole cluster stops with exit code 1. */
  readonly onGiveUp: 'report' | 'leave' | 'stop';
  readonly readyMs: number;
  readonly shutdownMs: number;
  /** What the node does when the master that started it dies. */
  readonly withoutMaster: 'stop' | 'serve';
  /** Who starts it: the master, or somebody on the machine where it runs. */
  readonly start: 'master' | 'hand';
}

export interface DbConfig {
  readonly engine: 'mysql' | 'sqlite';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly charset: string;
  /** Tables for which the config says how durable a change is when it is acknowledged. */
  readonly durability?: Readonly<Record<string, 'durable' | 'relaxed'>>;
}

export interface MemConfig {
  /** True: dbfront hosts the server itself, on a free port. */
  readonly embedded: boolean;
  /** `host:port` of each outside server. */
  readonly urls: readonly string[];
  /** First part of every key. */
  readonly hostname: string;
}

/** Absolute paths of files in PEM format. They are read at each new link, so that a renewed certificate needs no restart. */
export interface TlsConfig {
  /** This node's certificate, and those between it and the ca. */
  readonly cert: string;
  readonly key: string;
  /** What signs the certificates of all nodes. */
  readonly ca: string;
}

/** Every limit has a default; docs/config.md lists them. Times in milliseconds, sizes in bytes. */
export interface Limits {
  readonly rpcDeadlineMs: number;
  readonly rpcInFlight: number;
  readonly rpcQueuedBytes: number;
  readonly rpcFrameBytes: number;
  readonly handshakeMs: number;
  readonly heartbeatMs: number;
  readonly deadAfterMs: number;
  readonly redialMinMs: number;
  readonly redialMaxMs: number;
  readonly payloadBytes: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly framesPerSecond: number;
  readonly inFlightPerConnection: number;
  readonly unsentBytes: number;
  readonly firstFrameMs: number;
  /** 0 is off. */
  readonly idleMs: number;
  /** 0 is off. */
  readonly pingMs: number;
  readonly flushIntervalMs: number;
  readonly flushRows: number;
  readonly dirtyRows: number;
  readonly transactionRows: number;
  readonly journalBytes: number;
  readonly journalSegmentBytes: number;
  readonly journalKeepMs: number;
  readonly journalKeepBytes: number;
  readonly sqlMs: number;
  readonly memMs: number;
  readonly cacheLeaseMs: number;
  readonly leaseMs: number;
  readonly leases: number;
  /** 0 is off. */
  readonly hangMs: number;
  readonly holdMs: number;
  readonly heldCalls: number;
  readonly heldBytes: number;
  readonly drainMs: number;
}
