/** What an operator looks at, on the master's web port: health, metrics, nodes, logs, profiles. */
import { basename, join } from 'node:path';
import { FireflyError } from '../../errors';
import { isLevel, LEVELS } from '../../log/level';
import { EXPOSITION_TYPE } from '../../metrics/exposition';
import { listProfiles } from '../../server/watch/profiles';
import { FileAnswer } from '../../web/reply';
import type { WebRequest } from '../../web/request';
import type { WebServer } from '../../web/server';
import type { NodeProcess } from '../nodes/nodeprocess';
import { type ClusterView, isAway, MASTER } from './clusterview';
import { answered, unanswered } from './logpage';
import type { Readiness } from './readiness';
import { wholeIn, wrongIn } from './whole';

export interface OperatorRoutesOptions {
  readonly view: ClusterView;
  readonly readiness: () => Readiness;
  /** A node as `/status` shows it. */
  readonly statusOf: (name: string) => Promise<unknown>;
  readonly processOf: (name: string) => NodeProcess | undefined;
  /** Where profiles are. */
  readonly folder: string;
}

const DEFAULT_LINES = 100;
const LINES = { key: 'lines', least: 0, most: 1_000 };
const AFTER = { key: 'after', least: 0, most: Number.MAX_SAFE_INTEGER };
const DEFAULT_SECONDS = 10;
/** A web request is answered within 30 seconds. */
const SECONDS = { key: 'seconds', least: 1, most: 20 };

/** Not behind the token: whoever watches whether the cluster lives need not be one who may stop it. */
const OPEN = { open: true } as const;

export function operatorRoutes(web: WebServer, { view, readiness, statusOf, processOf, folder }: OperatorRoutesOptions): void {
  web.route('GET', '/healthz', () => 'ok\n', undefined, OPEN);
  web.route(
    'GET',
    '/readyz',
    ({ isTrusted }) => {
      const state = readiness();
      return { status: state.ready ? 200 : 503, body: isTrusted ? state : { ready: state.ready } };
    },
    undefined,
    OPEN,
  );
  web.route('GET', '/metrics', async ({ query }) => {
    const node = query.get('node') ?? undefined;
    if (node !== undefined && !view.has(node)) return noSuchNode(node);
    return { status: 200, body: await view.metrics(node), type: EXPOSITION_TYPE };
  });
  web.route('GET', '/node', (request) => ofNode(view, request, 'name', (name) => nodePage(view, name, statusOf)));
  web.route('GET', '/log', (request) =>
    ofNode(view, request, 'node', async (node) => {
      const { query } = request;
      const wrong = wrongIn(query, AFTER, LINES);
      if (wrong !== undefined) return mistake(wrong);
      const after = wholeIn(query, AFTER);
      const lines = Math.max(1, wholeIn(query, LINES) ?? DEFAULT_LINES);
      try {
        return answered(await view.log(node, after, lines), processOf(node), after);
      } catch (error) {
        if (!isAway(error)) throw error;
        return { status: 503, body: unanswered(error, processOf(node)) };
      }
    }),
  );
  web.route('POST', '/log/level', (request) =>
    ofNode(view, request, 'node', async (node) => {
      const level = request.query.get('level');
      if (!isLevel(level)) return mistake(`level: one of ${LEVELS.join(', ')}`);
      await view.setLogLevel(node, level);
      return { node, level };
    }),
  );
  web.route('POST', '/profile', (request) =>
    ofNode(view, request, 'node', (node) => {
      const wrong = wrongIn(request.query, SECONDS);
      return wrong === undefined ? view.profile(node, wholeIn(request.query, SECONDS) ?? DEFAULT_SECONDS) : mistake(wrong);
    }),
  );
  web.route('POST', '/heap', (request) => ofNode(view, request, 'node', (node) => view.heap(node)));
  web.route('GET', '/profiles', async () => ({ files: await listProfiles(folder) }));
  const download = async ({ path }: WebRequest) => {
    // What is asked for is compared with what is there; no path is ever made of it.
    const wanted = basename(path);
    const found = (await listProfiles(folder)).find(({ file }) => file === wanted);
    if (found) return new FileAnswer(join(folder, found.file), found.bytes, found.file);
    return { status: 404, body: { error: 'there is no such profile here; a node on another machine keeps its own' } };
  };
  // A heap snapshot holds what the node's memory holds, secrets too: who took it is told.
  web.route('GET', '/profiles/*', download, undefined, { act: true });
}

async function nodePage(view: ClusterView, name: string, statusOf: (name: string) => Promise<unknown>) {
  const status = name === MASTER ? view.own() : await statusOf(name);
  const inspection = await view.inspect(name).catch((error: unknown) => {
    if (error instanceof FireflyError) return view.blank(name);
    throw error;
  });
  return { name, status, ...inspection, logLevel: inspection.logLevel || null };
}

/** Runs `work` for the node that a request names, and says what the operator can do when that fails. */
async function ofNode(view: ClusterView, { query }: WebRequest, key: string, work: (node: string) => unknown) {
  const node = query.get(key);
  if (!node) return mistake(`name the node as ?${key}=NODE, or ${MASTER}`);
  if (!view.has(node)) return noSuchNode(node);
  try {
    return await work(node);
  } catch (error) {
    if (!(error instanceof FireflyError)) throw error;
    return { status: isAway(error) ? 503 : 409, body: { error: error.message, code: error.code } };
  }
}

function noSuchNode(node: string) {
  return { status: 404, body: { error: `there is no node ${node.slice(0, 100)}; /status lists them` } };
}

function mistake(error: string) {
  return { status: 400, body: { error } };
}
