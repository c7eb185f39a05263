/**
 * A node's way to the stores: in the writer's process the stores themselves, elsewhere calls over the link to it.
 *
 * SQL, memcached and their libraries are loaded only where they are used: the writer alone opens the database.
 */
import { networkInterfaces } from 'node:os';
import type { ClusterConfig, NodeConfig } from '../config/config';
import { isLoopback, LOOPBACK } from '../config/listen';
import type { MemClient } from '../dbentrust/cache/memclient';
import type { LeaseBook } from '../dbentrust/leasebook';
import type { DataAccess, DataPort } from '../dbentrust/port';
import { remotePort, servePort } from '../dbentrust/remote';
import type { Migration, SqlStore, SqlValue } from '../dbentrust/sql/store';
import type { Writer } from '../dbentrust/writer';
import type { Child } from '../distributed/child';
import type { RemoteObject } from '../distributed/node';
import type { PBRoot } from '../distributed/root';
import { StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Metrics } from '../metrics/metrics';

export interface DataOptions {
  readonly cluster: ClusterConfig;
  readonly node: NodeConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What a node keeps of the stores. */
export interface NodeData {
  readonly access: DataAccess;
  readonly sql: SqlAccess;
  /** In the writer only. */
  readonly leaseBook?: LeaseBook;
  /** Writes what is unwritten and closes. */
  close(): Promise<void>;
}

/** SQL beside row access, run by the writer. */
export interface SqlAccess {
  query: DataPort['query'];
  flush: DataPort['flush'];
  /** In the writer only. */
  migrate?(migrations: Record<string, Migration>): Promise<string[]>;
}

/** Opens the stores in the writer's process and answers the other nodes' calls. @throws StoreDown, StartFailed */
export async function openData({ cluster, node, log, metrics }: DataOptions, root: PBRoot): Promise<NodeData> {
  if (!cluster.db) throw new StartFailed(`${node.name}: the config has no "db" section`);
  const { openStore } = await import('../dbentrust/sql/open.js');
  const { Writer } = await import('../dbentrust/writer.js');
  const store = await openStore(cluster.db, { dataDir: cluster.dataDir, sqlMs: cluster.limits.sqlMs, log });
  const cache = await openCache(cluster, log);
  const writer = new Writer({ store, cache: cache?.client, limits: cluster.limits, log, metrics });
  await writer.start();
  for (const [name, target] of Object.entries(servePort(writer)))
    root.internal.mapTarget((_child: never, ...args: never[]) => target(...args), name);
  const leaseBook = await openLeases(cluster, store, log, metrics);
  root.internal.mapTarget((child: Child) => ({ memcached: cache?.urlsFor(child.address) ?? [] }), 'firefly.db.stores');
  return {
    access: { port: writer, cache: cache?.client, log },
    sql: { query: writer.query.bind(writer), flush: writer.flush.bind(writer), migrate: (migrations) => store.migrate(migrations) },
    leaseBook,
    close: async () => {
      await leaseBook.stop().catch((error: unknown) => log.warn({ error }, 'which nodes hold leases was not written'));
      await closeStores(writer, store, cache);
    },
  };
}

/** Reaches the stores through the writer that `remote` links to. The cache is looked up again at each new link, since its port may have changed. */
export async function joinData({ cluster, node, log }: DataOptions, remote: RemoteObject): Promise<NodeData> {
  const port = remotePort((target, args) => remote.call(target, args));
  let cache: MemClient | undefined;
  let isClosed = false;
  const use = async (next: MemClient | undefined) => {
    const previous = cache;
    cache = isClosed ? undefined : next;
    await previous?.close();
    if (isClosed) await next?.close();
  };
  const find = async () => {
    if (!cluster.mem || !node.mem) return;
    // What is linked now may be another process, with its cache on another port.
    await use(undefined);
    const { memcached } = (await remote.callRemote('firefly.db.stores')) as { memcached: string[] };
    if (memcached.length > 0) await use(await connectCache(memcached, cluster, log));
  };
  remote.onUp(() => void find().catch((error: unknown) => log.warn({ error }, 'the cache cannot be found; rows are read from dbfront')));
  await find();
  const access = {
    port,
    log,
    get cache() {
      return cache;
    },
  };
  const close = () => {
    isClosed = true;
    return use(undefined);
  };
  return { access, sql: { query: port.query.bind(port), flush: port.flush.bind(port) }, close };
}

/** What `db.query` takes. */
export type { SqlValue };

interface Cache {
  readonly client: MemClient;
  /** Where a node at this address reaches it; empty when it cannot. */
  urlsFor(address: string): readonly string[];
  close(): Promise<void>;
}

async function openCache(cluster: ClusterConfig, log: Logger): Promise<Cache | undefined> {
  if (!cluster.mem) return undefined;
  if (!cluster.mem.embedded) {
    const client = await connectCache(cluster.mem.urls, cluster, log);
    const { urls } = cluster.mem;
    return { client, urlsFor: () => urls, close: () => client.close() };
  }
  const { EmbeddedMemcached } = await import('../dbentrust/cache/embedded.js');
  const server = new EmbeddedMemcached();
  // It asks nobody who they are: never in the open, whatever this node binds to. Nodes of other machines read through the writer.
  const urls = [`${LOOPBACK}:${await server.listen(0, LOOPBACK)}`];
  const client = await connectCache(urls, cluster, log);
  const close = async () => {
    await client.close();
    await server.close();
  };
  return { client, urlsFor: (address) => (isThisMachine(address) ? urls : []), close };
}

async function openLeases(cluster: ClusterConfig, store: SqlStore, log: Logger, metrics: Metrics): Promise<LeaseBook> {
  const { LeaseBook } = await import('../dbentrust/leasebook.js');
  const { sqlLeaseMemory } = await import('../dbentrust/leasememory.js');
  const { leaseMs, leases } = cluster.limits;
  const book = new LeaseBook({ memory: await sqlLeaseMemory(store), ttlMs: leaseMs, bound: leases, log, metrics });
  await book.start();
  return book;
}

function isThisMachine(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return isLoopback(plain) || Object.values(networkInterfaces()).some((card) => card?.some((one) => one.address === plain));
}

async function connectCache(urls: readonly string[], cluster: ClusterConfig, log: Logger): Promise<MemClient> {
  const { MemClient } = await import('../dbentrust/cache/memclient.js');
  return MemClient.connect(urls, { hostname: cluster.mem?.hostname ?? 'firefly', timeoutMs: cluster.limits.memMs, log });
}

async function closeStores(writer: Writer, store: SqlStore, cache: Cache | undefined): Promise<void> {
  try {
    await writer.stop();
  } finally {
    await cache?.close();
    await store.close();
  }
}
