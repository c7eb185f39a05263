/** `firefly check`: reads a config and says what it would start. Starts nothing, and asks nobody but this machine's ports, and the master if it runs. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { ClusterConfig, NodeConfig } from '../config/config';
import { describeMaster, describeNode } from '../config/describe';
import { type TakenPort, takenPorts } from '../config/listen';
import { loadConfig } from '../config/load';
import { startOrder } from '../config/order';
import { ConfigError } from '../errors';
import type { Context } from './context';
import { describeRunning, findRunning, type Running } from './running';
import { PLAIN, table } from './table';

/** What a check finds, for people and for programs. Holds no password, token or secret. */
interface Report {
  readonly config: string;
  readonly data: string;
  readonly secret: string;
  readonly master: string;
  readonly database: string | null;
  readonly cache: string | null;
  /** In the order of their start: all of a step when the step before is ready. */
  readonly nodes: readonly NodeReport[];
  readonly warnings: readonly string[];
  /** The cluster itself, when it runs now. */
  readonly running: { readonly pid: number; readonly nodes: Readonly<Record<string, string>> | null } | null;
  /** Ports that are held now by somebody who will keep the cluster from starting. */
  readonly portsInUse: readonly string[];
}

interface NodeReport {
  readonly step: number;
  readonly name: string;
  readonly app: string | null;
  readonly listens: string;
  readonly links: readonly string[];
  readonly stores: readonly string[];
  readonly restart: string;
}

export function addCheckCommand(program: Command, { configPath, env, print, master }: Context): void {
  program
    .command('check')
    .description('say what the config would start, or what is wrong with it; starts nothing')
    .option('--json', 'as JSON, for programs')
    .action(async ({ json = false }: { json?: boolean }) => {
      try {
        const { config, warnings } = await loadConfig(configPath(), env);
        const taken = await takenPorts(config);
        const running = await findRunning(config, taken, await master());
        const report = reportOf({ config, warnings, taken, running, env });
        if (json) print(JSON.stringify({ ok: true, ...report }, null, 2));
        else for (const line of reportLines(report, running)) print(line);
      } catch (error) {
        if (json && error instanceof ConfigError) print(JSON.stringify({ ok: false, problems: error.problems }, null, 2));
        throw error;
      }
    });
}

interface Found {
  readonly config: ClusterConfig;
  readonly warnings: readonly string[];
  readonly taken: readonly TakenPort[];
  readonly running: Running | undefined;
  readonly env: NodeJS.ProcessEnv;
}

function reportOf({ config, warnings, taken, running, env }: Found): Report {
  const { db, mem } = config;
  const steps = startOrder(config);
  return {
    config: config.path,
    data: config.dataDir,
    secret: describeSecret(config, env),
    master: describeMaster(config),
    database: db ? (db.engine === 'sqlite' ? `SQLite, ${db.database}` : `MySQL, ${db.database} at ${db.host}:${db.port}`) : null,
    cache: mem ? (mem.embedded ? `embedded in ${config.writer}` : `memcached at ${mem.urls.join(', ')}`) : null,
    nodes: steps.flatMap((names, at) => names.flatMap((name) => reportNode(config, config.nodes[name], at + 1))),
    warnings,
    running: running ? { pid: running.master.pid, nodes: statesOf(running) } : null,
    portsInUse: taken.filter((port) => !running?.isOwn(port)).map(({ line }) => line),
  };
}

function statesOf({ nodes }: Running): Record<string, string> | null {
  return nodes ? Object.fromEntries(Object.entries(nodes).map(([name, { state }]) => [name, state])) : null;
}

function reportNode(config: ClusterConfig, node: NodeConfig | undefined, step: number): NodeReport[] {
  if (!node) return [];
  const { name, app, roots, db, mem, supervise } = node;
  return [
    {
      step,
      name,
      app: app === undefined ? null : relative(config.dir, app),
      listens: describeNode(node),
      links: roots.map((root) => root.name),
      stores: [db && 'database', mem && 'cache', name === config.writer && 'writes the tables'].filter((word) => word !== false),
      restart: supervise.restart,
    },
  ];
}

function describeSecret(config: ClusterConfig, env: NodeJS.ProcessEnv): string {
  if (config.secret !== undefined) return env.FIREFLY_SECRET ? 'from FIREFLY_SECRET' : 'from the config';
  const file = join(config.dataDir, 'secret');
  return existsSync(file) ? `in ${file}` : `made at the first start, in ${file}`;
}

function reportLines(report: Report, running: Running | undefined): string[] {
  const nodes = table<NodeReport>(
    [
      { title: 'step', cell: ({ step }) => String(step), isNumber: true },
      { title: 'node', cell: ({ name }) => name },
      { title: 'module', cell: ({ app }) => app ?? '-' },
      { title: 'listens', cell: ({ listens }) => listens },
      { title: 'links to', cell: ({ links }) => links.join(', ') || '-' },
      { title: 'stores', cell: ({ stores }) => stores.join(', ') || '-' },
      { title: 'restart', cell: ({ restart }) => restart },
    ],
    report.nodes,
    PLAIN,
  );
  return [
    `${report.config} ${running ? 'is valid, and its cluster runs' : 'can be started'}`,
    '',
    `data      ${report.data}`,
    `secret    ${report.secret}`,
    `database  ${report.database ?? 'none'}`,
    `cache     ${report.cache ?? 'none'}`,
    `master    ${report.master}`,
    ...(running ? [`runs      ${describeRunning(running)}`] : []),
    '',
    ...nodes,
    ...titled('warnings', report.warnings),
    ...titled(running?.nodes ? 'ports that somebody else has' : 'ports that are in use now, by this cluster if it runs', report.portsInUse),
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
