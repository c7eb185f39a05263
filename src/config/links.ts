/**
 * Who links to whom: `remoteport` checked against the roots it names, the writer of tables chosen, and each node that uses tables linked to it.
 */
import type { RootRef } from './config';
import type { Draft, NodeDraft } from './draft';
import { nearest } from './nearest';
import type { Problems } from './problems';

/** The node of this name is the writer wherever there is one. */
const WRITER_NAME = 'dbfront';

/** @returns the node that writes managed tables; undefined when nobody uses tables, or nobody can be told to be it, which is reported */
export function chooseWriter(draft: Draft, problems: Problems): string | undefined {
  const users = [...draft.nodes.values()].filter(usesTables);
  if (users.length === 0) return undefined;
  const named = draft.nodes.get(WRITER_NAME);
  const both = users.filter((node) => node.values.db && node.values.mem);
  const writer = named ?? (both.length === 1 ? both[0] : undefined);
  if (!writer) {
    const why = both.length === 0 ? 'no node has both' : `${list(both.map((node) => node.name))} have both`;
    problems.error(
      ['servers'],
      `has no writer for the tables of ${list(users.map((node) => node.name))}: the writer is the node named "${WRITER_NAME}", else the only node with "db": true and "mem": true, and ${why}; add "${WRITER_NAME}": { "db": true, "mem": true }`,
    );
    return undefined;
  }
  for (const key of ['db', 'mem'] as const) {
    const needed = key === 'db' || users.some((node) => node.values.mem);
    if (needed && !writer.values[key] && !writer.broken.has(key)) {
      problems.error(
        [...writer.path, key],
        `is not true, but ${writer.name} writes the tables for ${list(users.map((node) => node.name))}; set "${key}": true`,
      );
    }
  }
  return writer.name;
}

/** Reports `db: true` without a `db` section, and `mem: true` without a `memcached` section. */
export function checkStores(draft: Draft, problems: Problems): void {
  for (const node of draft.nodes.values()) {
    if (node.values.db && !draft.db)
      problems.error([...node.path, 'db'], 'is true, but the file has no "db" section; add one, such as "db": { "engine": "sqlite" }');
    if (node.values.mem && !draft.mem) {
      problems.error(
        [...node.path, 'mem'],
        'is true, but the file has no "memcached" section; add one, such as "memcached": { "embedded": true }',
      );
    }
  }
}

/** @returns the roots a node links to, the writer last when it was not named; what is wrong with them is reported and left out */
export function rootsOf(node: NodeDraft, draft: Draft, writer: string | undefined, offset: number, problems: Problems): RootRef[] {
  const roots = new Map<string, RootRef>();
  for (const [index, { rootname, rootport }] of (node.values.remoteport ?? []).entries()) {
    const path = [...node.path, 'remoteport', index];
    const root = draft.nodes.get(rootname);
    if (!root) {
      problems.error([...path, 'rootname'], `is ${JSON.stringify(rootname)}, and there is no such node; ${meantRoot(rootname, draft)}`);
    } else if (root.name === node.name) {
      problems.error([...path, 'rootname'], 'is the node itself; remove this entry');
    } else if (roots.has(rootname)) {
      problems.error([...path, 'rootname'], `is ${rootname} a second time; remove one entry`);
    } else if (portMatches(root, rootport, writer, [...path, 'rootport'], problems)) {
      roots.set(rootname, reference(root, offset));
    }
  }
  const writerNode = writer === undefined ? undefined : draft.nodes.get(writer);
  if (writerNode && usesTables(node) && node.name !== writer && !roots.has(writerNode.name))
    roots.set(writerNode.name, reference(writerNode, offset));
  return [...roots.values()];
}

function portMatches(
  root: NodeDraft,
  given: number | undefined,
  writer: string | undefined,
  path: (string | number)[],
  problems: Problems,
): boolean {
  if (root.broken.has('rootport')) return true;
  const listens = root.values.rootport ?? (root.name === writer ? 0 : undefined);
  if (listens === undefined) {
    problems.error(
      path.slice(0, -1),
      `names ${root.name}, which has no rootport; add "rootport": ${given || 'PORT'} to servers.${root.name}`,
    );
    return false;
  }
  if (given === undefined || given === listens) return true;
  const fix =
    listens === 0
      ? 'has none of its own (any free port, which nodes learn from the master); remove this rootport'
      : `is ${listens}; write ${listens}`;
  problems.error(path, `is ${given}, but the rootport of ${root.name} ${fix}`);
  return false;
}

function reference(root: NodeDraft, offset: number): RootRef {
  const port = root.values.rootport;
  return port ? { name: root.name, port: port + offset } : { name: root.name };
}

/** Firefly knew nodes by "name"; a reference may still use it. */
function meantRoot(rootname: string, draft: Draft): string {
  const alias = [...draft.nodes.values()].find((node) => node.values.name === rootname);
  const meant = alias?.name ?? nearest(rootname, draft.nodes.keys());
  return meant === undefined ? `add servers.${rootname} or correct the name` : `did you mean "${meant}"?`;
}

function usesTables(node: NodeDraft): boolean {
  return node.values.db === true || node.values.mem === true;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
