/**
 * From the file's sections to a `ClusterConfig`: defaults filled in, ports shifted, paths made absolute.
 *
 * Total: it builds something from any draft, so that the checks of the whole can run; when a problem was reported, what it built is thrown away.
 */
import { dirname, resolve } from 'node:path';
import { isLoopback, LOOPBACK } from './address';
import { plainOrigin } from './clients';
import type { ClusterConfig, DbConfig, Limits, MasterConfig, MemConfig, NodeConfig, Supervise } from './config';
import { DEFAULT_LIMITS, DEFAULT_SUPERVISE } from './defaults';
import type { Draft, NodeDraft } from './draft';
import { configuredSecret, dataFolder } from './environment';
import { chooseWriter, rootsOf } from './links';
import { moduleFile } from './modules';
import type { Problems } from './problems';
import { buildTls } from './tls';

const MYSQL_PORT = 3306;
const MEMCACHED_PORT = 11_211;
const DEFAULT_NAME = 'firefly';

export function buildConfig(path: string, draft: Draft, env: NodeJS.ProcessEnv, offset: number, problems: Problems): ClusterConfig {
  const dir = dirname(path);
  const dataDir = dataFolder(env, dir);
  const writer = chooseWriter(draft, problems);
  const secret = configuredSecret(env, draft.file, problems);
  const nodes = [...draft.nodes.values()].map((node) => buildNode(node, { draft, dir, offset, writer, problems }));
  const db = draft.db && buildDb(draft.db, problems);
  const mem = draft.mem && buildMem(draft.mem, problems);
  const tls = draft.tls && buildTls(draft.tls.values, dir);
  return {
    path,
    dir,
    dataDir,
    master: buildMaster(draft, dir, offset),
    nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
    ...given({ db, mem, writer, secret, tls }),
    limits: buildLimits(draft, problems),
    trace: { sample: draft.trace.values.sample ?? 0 },
    game: draft.file.raw.game,
  };
}

function buildMaster(draft: Draft, dir: string, offset: number): MasterConfig {
  const { roothost, rootport = 0, webport = 0, bind, token, log } = draft.master.values;
  // A master that nodes on other machines are told to dial has to listen where they dial.
  const dialled = roothost !== undefined && !isLoopback(roothost) ? roothost : undefined;
  return {
    host: roothost ?? LOOPBACK,
    bind: address(bind ?? draft.file.values.bind ?? dialled ?? LOOPBACK),
    rootPort: shifted(rootport, offset),
    webPort: shifted(webport, offset),
    ...given({ token, log: log === undefined ? undefined : resolve(dir, log) }),
  };
}

interface Around {
  readonly draft: Draft;
  readonly dir: string;
  readonly offset: number;
  readonly writer: string | undefined;
  readonly problems: Problems;
}

function buildNode(node: NodeDraft, { draft, dir, offset, writer, problems }: Around): NodeConfig {
  const { name, app, reload, log, db, mem, netport, wsport, wsorigins, webport, rootport, bind, cpu, proxyprotocol } = node.values;
  const { cert, key } = node.tls?.values ?? {};
  if (name !== undefined && name !== node.name) {
    problems.warn(
      [...node.path, 'name'],
      `is ${JSON.stringify(name)}, but the node's name is its key, ${node.name}; make them equal or remove this one`,
    );
  }
  return {
    name: node.name,
    db: db ?? false,
    mem: mem ?? false,
    bind: address(bind ?? draft.file.values.bind ?? LOOPBACK),
    proxyProtocol: proxyprotocol ?? false,
    roots: rootsOf(node, draft, writer, offset, problems),
    supervise: buildSupervise(node, draft, problems),
    section: node.raw,
    ...given({
      app: app === undefined ? undefined : moduleFile(dir, app),
      reload: reload === undefined ? undefined : moduleFile(dir, reload),
      log: log === undefined ? undefined : resolve(dir, log),
      netPort: shifted(netport, offset),
      wsPort: shifted(wsport, offset),
      wsOrigins: wsorigins?.map(plainOrigin),
      tls: cert === undefined || key === undefined ? undefined : { cert: resolve(dir, cert), key: resolve(dir, key) },
      webPort: shifted(webport, offset),
      rootPort: shifted(rootport ?? (node.name === writer ? 0 : undefined), offset),
      cpu: cpu || undefined,
    }),
  };
}

function buildSupervise(node: NodeDraft, draft: Draft, problems: Problems): Supervise {
  const own = node.supervise.values;
  const short = node.values.restart;
  if (short !== undefined && own.restart !== undefined && short !== own.restart) {
    problems.error([...node.path, 'restart'], `is "${short}", but supervise.restart of the same node is "${own.restart}"; remove one`);
  }
  const { redialMinMs, redialMaxMs } = { ...DEFAULT_LIMITS, ...draft.limits.values };
  const backoff = { backoffMinMs: redialMinMs, backoffMaxMs: redialMaxMs };
  const supervise = {
    ...DEFAULT_SUPERVISE,
    ...backoff,
    ...draft.supervise.values,
    ...own,
    ...(short === undefined ? {} : { restart: short }),
  };
  if (supervise.backoffMinMs > supervise.backoffMaxMs) {
    const at = own.backoffMinMs === undefined && own.backoffMaxMs === undefined ? ['supervise'] : [...node.path, 'supervise'];
    const { backoffMinMs, backoffMaxMs } = supervise;
    problems.error([...at, 'backoffMinMs'], `is ${backoffMinMs}, above backoffMaxMs, which is ${backoffMaxMs}; change one of them`);
  }
  return supervise;
}

function buildDb(section: NonNullable<Draft['db']>, problems: Problems): DbConfig {
  const { engine = 'mysql', host = LOOPBACK, port = MYSQL_PORT, user, passwd = '', db, charset = 'utf8mb4', tables } = section.values;
  if (engine === 'mysql' && !section.broken.has('engine')) {
    for (const key of ['user', 'db'] as const) {
      if (section.values[key] !== undefined || section.broken.has(key)) continue;
      problems.error([...section.path, key], `is missing; add it, or take the embedded database with "engine": "sqlite"`);
    }
  }
  const durability = tables && Object.fromEntries(Object.entries(tables).map(([table, about]) => [table, about.durability]));
  return { engine, host, port, user: user ?? '', password: passwd, database: db ?? DEFAULT_NAME, charset, ...given({ durability }) };
}

function buildMem(section: NonNullable<Draft['mem']>, problems: Problems): MemConfig {
  const { embedded = false, urls, hostname } = section.values;
  if (embedded && urls !== undefined) problems.warn([...section.path, 'urls'], 'is not used while "embedded" is true; remove one of them');
  if (!embedded && !section.broken.has('embedded')) {
    const fixes = {
      urls: 'add it, such as ["127.0.0.1:11211"], or set "embedded": true',
      hostname: 'add a word of your own: it keeps games that share a memcached apart',
    };
    for (const key of ['urls', 'hostname'] as const) {
      if (section.values[key] === undefined && !section.broken.has(key))
        problems.error([...section.path, key], `is missing; ${fixes[key]}`);
    }
  }
  return { embedded, urls: embedded ? [] : (urls ?? []).map(withPort), hostname: hostname ?? DEFAULT_NAME };
}

function buildLimits(draft: Draft, problems: Problems): Limits {
  const limits: Limits = { ...DEFAULT_LIMITS, ...draft.limits.values };
  const below = (smaller: keyof Limits, larger: keyof Limits) => {
    if (limits[smaller] < limits[larger]) return;
    const at = draft.limits.values[smaller] === undefined ? larger : smaller;
    problems.error(
      ['limits', at],
      `is ${limits[at]}, but ${smaller} (${limits[smaller]}) must be below ${larger} (${limits[larger]}); change one of them`,
    );
  };
  below('heartbeatMs', 'deadAfterMs');
  below('redialMinMs', 'redialMaxMs');
  below('payloadBytes', 'rpcFrameBytes');
  below('rpcFrameBytes', 'rpcQueuedBytes');
  return limits;
}

/** 0 stays 0: any free port needs no shift. */
function shifted(port: number, offset: number): number;
function shifted(port: number | undefined, offset: number): number | undefined;
function shifted(port: number | undefined, offset: number): number | undefined {
  return port ? port + offset : port;
}

/** One spelling, so that two listeners on it are seen to be on one address. */
function address(bind: string): string {
  return bind === 'localhost' ? LOOPBACK : bind;
}

function withPort(url: string): string {
  return /:\d+$/.test(url) && !url.endsWith(']') ? url : `${url}:${MEMCACHED_PORT}`;
}

/** Leaves out what is undefined: an optional key is absent, never undefined. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
