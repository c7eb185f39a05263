/**
 * A node's way to the stores: in the writer's process the stores themselves, elsewhere calls over the link to it.
 *
 * SQL, memcached and their libraries are loaded only where they are used: the writer alone opens the database.
 */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isLoopback, plainAddress } from '../config/address';
import type { ClusterConfig, NodeConfig } from '../config/config';
import type { MemClient } from '../dbentrust/cache/memclient';
import { Committer } from '../dbentrust/committer';
import type { LeaseBook } from '../dbentrust/leases/leasebook';
import type { DataAccess, DataPort } from '../dbentrust/port';
import { RowReader } from '../dbentrust/reading/rowreader';
import { remotePort, servePort } from '../dbentrust/remote';
import type { Migration, SqlStore, SqlValue } from '../dbentrust/sql/store';
import type { Writer } from '../dbentrust/writer/writer';
import type { Child } from '../distributed/child';
import type { RemoteObject } from '../distributed/node';
import type { PBRoot } from '../distributed/root';
import { StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Metrics } from '../metrics/metrics';
import { runFolder } from './process/runfile';

export interface DataOptions {
  readonly cluster: ClusterConfig;
  readonly node: NodeConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told once when the writer in this process can acknowledge nothing any more. */
  readonly failed: (error: Error) => void;
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
export async function openData({ cluster, node, log, metrics, failed }: DataOptions, root: PBRoot): Promise<NodeData> {
  if (!cluster.db) throw new StartFailed(`${node.name}: the config has no "db" section`);
  const { openStore } = await import('../dbentrust/sql/open.js');
  const { Writer } = await import('../dbentrust/writer/writer.js');
  const store = await openStore(cluster.db, { dataDir: cluster.dataDir, sqlMs: cluster.limits.sqlMs, log });
  const cache = await openCache(cluster, log);
  const { limits } = cluster;
  const { durability } = cluster.db;
  const journal = { folder: join(cluster.dataDir, 'journal') };
  let writer: Writer;
  try {
    writer = await Writer.open({ store, cache: cache?.client, journal, limits, durability, log, metrics, failed });
  } catch (error) {
    await closeStores(undefined, store, cache);
    throw error;
  }
  for (const [name, target] of Object.entries(servePort(writer)))
    root.internal.mapTarget((_child: never, ...args: never[]) => target(...args), name);
  const access = rowAccess(writer, () => cache?.client, { limits, log, metrics });
  const leaseBook = await openLeases(cluster, store, log, metrics);
  root.internal.mapTarget((child: Child) => ({ memcached: cache?.urlsFor(child.address) ?? [] }), 'firefly.db.stores');
  return {
    access: { ...access, cache: cache?.client, log },
    sql: {
      query: writer.query.bind(writer),
      flush: writer.flush.bind(writer),
      migrate: (migrations) => writer.migrate(() => store.migrate(migrations)),
    },
    leaseBook,
    close: async () => {
      access.reader.close();
      // Beside each other: a database that hangs under one must not keep the other from saying what is in the journal.
      const leased = leaseBook.stop().catch((error: unknown) => log.warn({ error }, 'which nodes hold leases was not written'));
      await closeStores(writer, store, cache, leased);
    },
  };
}

/** Reaches the stores through the writer that `remote` links to. The cache is looked up again at each new link, since its port may have changed. */
export async function joinData({ cluster, node, log, metrics }: DataOptions, remote: RemoteObject): Promise<NodeData> {
  const port = remotePort({
    call: (target, args, timeoutMs, order) => remote.call(target, args, { timeoutMs, patient: order }),
    whenUp: (ms) => remote.whenUp(ms),
    deadlineMs: cluster.limits.rpcDeadlineMs,
    bound: cluster.limits.rpcInFlight,
    metrics,
  });
  let cache: MemClient | undefined;
  const rows = rowAccess(port, () => cache, { limits: cluster.limits, log, metrics });
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
    if (memcached.length === 0) return;
    if (await mayReach(memcached)) await use(await connectCache(memcached, cluster, log));
    else log.info('the cache that dbfront hosts is for processes of its own user; rows are read from dbfront');
  };
  remote.onUp(() => void find().catch((error: unknown) => log.warn({ error }, 'the cache cannot be found; rows are read from dbfront')));
  await find();
  const access = {
    ...rows,
    log,
    get cache() {
      return cache;
    },
  };
  const close = () => {
    isClosed = true;
    rows.reader.close();
    return use(undefined);
  };
  return { access, sql: { query: port.query.bind(port), flush: port.flush.bind(port) }, close };
}

/** What `db.query` takes. */
export type { SqlValue };

/** What of a node's access is the same in the writer's process and elsewhere. */
function rowAccess(
  port: DataPort,
  cache: () => MemClient | undefined,
  { limits, log, metrics }: Pick<DataOptions, 'log' | 'metrics'> & Pick<ClusterConfig, 'limits'>,
): Pick<DataAccess, 'port' | 'committer' | 'reader'> {
  const reader = new RowReader({ port, cache, leaseMs: limits.cacheLeaseMs, log, metrics });
  return { port, reader, committer: new Committer(port, limits.transactionRows, (changes, outcomes) => reader.wrote(changes, outcomes)) };
}

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
  const { listenPrivately } = await import('../dbentrust/cache/privatesocket.js');
  const place = await listenPrivately(server, runFolder(cluster.dataDir));
  const urls = [place.url];
  const client = await connectCache(urls, cluster, log);
  const close = async () => {
    await client.close();
    await server.close();
    await place.leave();
  };
  return { client, urlsFor: (address) => (isThisMachine(address) ? urls : []), close };
}

async function openLeases(cluster: ClusterConfig, store: SqlStore, log: Logger, metrics: Metrics): Promise<LeaseBook> {
  const { LeaseBook } = await import('../dbentrust/leases/leasebook.js');
  const { sqlLeaseMemory } = await import('../dbentrust/leases/leasememory.js');
  const { leaseMs, leases } = cluster.limits;
  const book = new LeaseBook({ memory: await sqlLeaseMemory(store), ttlMs: leaseMs, bound: leases, log, metrics });
  await book.start();
  return book;
}

function isThisMachine(address: string): boolean {
  const plain = plainAddress(address);
  return isLoopback(plain) || Object.values(networkInterfaces()).some((card) => card?.some((one) => one.address === plain));
}

/** Whether none is a socket of another user, or one behind the wall of another container. */
async function mayReach(urls: readonly string[]): Promise<boolean> {
  const { isOpenToUs } = await import('../dbentrust/cache/privatesocket.js');
  return (await Promise.all(urls.map(isOpenToUs))).every(Boolean);
}

async function connectCache(urls: readonly string[], cluster: ClusterConfig, log: Logger): Promise<MemClient> {
  const { MemClient } = await import('../dbentrust/cache/memclient.js');
  return MemClient.connect(urls, { hostname: cluster.mem?.hostname ?? 'firefly', timeoutMs: cluster.limits.memMs, log });
}

/** @param using is waited for before the database is closed */
async function closeStores(writer: Writer | undefined, store: SqlStore, cache: Cache | undefined, using?: Promise<void>): Promise<void> {
  try {
    await writer?.stop();
  } finally {
    await using;
    await cache?.close();
    await store.close();
  }
}
