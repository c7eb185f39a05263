/**
 * The file's sections with every value checked for itself, a wrong one reported and left out, so that the checks that follow can go on.
 *
 * Also here: unknown keys, `null` (which is the same as leaving a key out, as in Firefly), and `"${ENV_NAME}"` in secrets.
 */
import type { z } from 'zod';
import { nearest } from './nearest';
import type { Path, Problems } from './problems';
import {
  ClientTlsShape,
  DbShape,
  FileShape,
  LimitsShape,
  MasterShape,
  MemShape,
  NodeNameShape,
  NodeShape,
  RemotePortShape,
  SuperviseShape,
  TlsShape,
  TraceShape,
} from './schema';
import type { ConfigText } from './text';

type Values<Shape extends z.ZodObject> = { readonly [Key in keyof z.infer<Shape>]?: Exclude<z.infer<Shape>[Key], undefined> };

/** A section: what is right in it. */
export interface Section<Shape extends z.ZodObject> {
  readonly path: Path;
  readonly values: Values<Shape>;
  /** Keys that were there and wrong: what follows from them need not be reported too. */
  readonly broken: ReadonlySet<string>;
  /** As it was written. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export type NodeDraft = Section<typeof NodeShape> & {
  readonly name: string;
  readonly supervise: Section<typeof SuperviseShape>;
  readonly tls: Section<typeof ClientTlsShape> | undefined;
};

export interface Draft {
  readonly file: Section<typeof FileShape>;
  readonly master: Section<typeof MasterShape>;
  readonly nodes: ReadonlyMap<string, NodeDraft>;
  readonly db: Section<typeof DbShape> | undefined;
  readonly mem: Section<typeof MemShape> | undefined;
  readonly supervise: Section<typeof SuperviseShape>;
  readonly limits: Section<typeof LimitsShape>;
  readonly tls: Section<typeof TlsShape> | undefined;
  readonly trace: Section<typeof TraceShape>;
}

/** Keys whose values are shown to nobody. */
const SECRET_KEYS = new Set(['passwd', 'token', 'secret']);
const VARIABLE = /^\$\{([A-Za-z_]\w*)\}$/;

export function readDraft(text: ConfigText, env: NodeJS.ProcessEnv): Draft {
  return new DraftReader(text.problems, env).read(text.value);
}

class DraftReader {
  readonly #problems: Problems;
  readonly #env: NodeJS.ProcessEnv;

  constructor(problems: Problems, env: NodeJS.ProcessEnv) {
    this.#problems = problems;
    this.#env = env;
  }

  read(value: Readonly<Record<string, unknown>>): Draft {
    const file = this.#section(FileShape, value, []);
    for (const key of ['master', 'servers'] as const) {
      if (!isGiven(value[key])) this.#missing([key], key, value, Object.keys(FileShape.shape), 'must be an object { … }');
    }
    return {
      file,
      master: this.#section(MasterShape, value.master, ['master']),
      nodes: this.#nodes(value.servers),
      db: isGiven(value.db) ? this.#section(DbShape, value.db, ['db']) : undefined,
      mem: isGiven(value.memcached) ? this.#section(MemShape, value.memcached, ['memcached']) : undefined,
      supervise: this.#section(SuperviseShape, value.supervise ?? {}, ['supervise']),
      limits: this.#section(LimitsShape, value.limits ?? {}, ['limits']),
      trace: this.#section(TraceShape, value.trace ?? {}, ['trace']),
      tls: isGiven(value.tls) ? this.#section(TlsShape, value.tls, ['tls']) : undefined,
    };
  }

  #nodes(servers: unknown): ReadonlyMap<string, NodeDraft> {
    const nodes = new Map<string, NodeDraft>();
    if (!isGiven(servers)) return nodes;
    if (!isObject(servers)) {
      this.#problems.error(['servers'], `must be an object with a section for each node; it is ${show(servers)}`);
      return nodes;
    }
    for (const [name, raw] of Object.entries(servers)) {
      const path = ['servers', name];
      const rule = NodeNameShape.safeParse(name).error?.issues[0]?.message;
      if (rule) this.#problems.error(path, rule);
      if (name === 'master') this.#problems.error(path, 'has the name of the master itself; give the node another');
      if (name === 'all') this.#problems.error(path, 'means every node, as in "restart all"; give the node another name');
      const section = this.#section(NodeShape, raw, path);
      for (const [index, item] of listOf(section.raw.remoteport).entries()) {
        if (isObject(item)) this.#reportUnknown(item, Object.keys(RemotePortShape.shape), [...path, 'remoteport', index]);
      }
      const supervise = this.#section(SuperviseShape, section.values.supervise ?? {}, [...path, 'supervise']);
      const tls = section.values.tls && this.#section(ClientTlsShape, section.values.tls, [...path, 'tls']);
      nodes.set(name, { ...section, name, supervise, tls });
    }
    if (nodes.size === 0) this.#problems.error(['servers'], 'has no node in it; add one, such as "gate": { "app": "app.gateserver" }');
    return nodes;
  }

  /** Checks the values of a section one by one. */
  #section<Shape extends z.ZodObject>(shape: Shape, raw: unknown, path: Path): Section<Shape> {
    const values: Record<string, unknown> = {};
    const broken = new Set<string>();
    const section = { path, values: values as Values<Shape>, broken };
    if (!isObject(raw)) {
      if (isGiven(raw)) this.#problems.error(path, `must be an object { … }; it is ${show(raw)}`);
      for (const key of Object.keys(shape.shape)) broken.add(key);
      return { ...section, raw: {} };
    }
    const known = Object.keys(shape.shape);
    for (const [key, rule] of Object.entries(shape.shape) as [string, z.ZodType][]) {
      const given = Object.hasOwn(raw, key) ? withoutNulls(raw[key]) : undefined;
      const value = SECRET_KEYS.has(key) ? this.#fromEnvironment(given, [...path, key]) : given;
      // A variable that is not there is reported already.
      if (given !== undefined && value === undefined) {
        broken.add(key);
        continue;
      }
      const checked = rule.safeParse(value);
      if (checked.success && checked.data !== undefined) values[key] = checked.data;
      if (checked.success) continue;
      if (given !== undefined) broken.add(key);
      this.#reportIssues(checked.error.issues, value, [...path, key], raw, known);
    }
    this.#reportUnknown(raw, known, path);
    return { ...section, raw };
  }

  #reportIssues(
    issues: readonly z.core.$ZodIssue[],
    value: unknown,
    path: Path,
    raw: Readonly<Record<string, unknown>>,
    known: readonly string[],
  ): void {
    const reported = new Set<string>();
    for (const issue of issues) {
      const inner = issue.path.filter((step) => typeof step !== 'symbol');
      // A value out of two bounds has two issues and needs one line.
      if (reported.has(inner.join('.'))) continue;
      reported.add(inner.join('.'));
      const wrong = valueAt(value, inner);
      const key = String(inner.at(-1) ?? path.at(-1));
      if (wrong === undefined) this.#missing([...path, ...inner], key, inner.length === 0 ? raw : {}, known, issue.message);
      else
        this.#problems.error(
          [...path, ...inner],
          `${issue.message}; it is ${SECRET_KEYS.has(key) ? kindOf(wrong) : show(wrong)}${quotesHint(wrong, issue)}`,
        );
    }
  }

  #missing(path: Path, key: string, raw: Readonly<Record<string, unknown>>, known: readonly string[], rule: string): void {
    const unknown = Object.keys(raw).filter((other) => !known.includes(other));
    const meant = nearest(key, unknown);
    const fix =
      meant === undefined
        ? 'add it'
        : `rename "${meant}" in line ${this.#problems.lineOf([...path.slice(0, -1), meant])} if that is what it is`;
    this.#problems.error(path, `is missing; ${fix} (it ${rule})`);
  }

  #reportUnknown(raw: Readonly<Record<string, unknown>>, known: readonly string[], path: Path): void {
    for (const key of Object.keys(raw)) {
      if (known.includes(key)) continue;
      const meant = nearest(key, known);
      this.#problems.warn(
        [...path, key],
        `is no key that firefly-ts knows${meant === undefined ? '; it is left alone' : `; did you mean "${meant}"?`}`,
      );
    }
  }

  /** Takes `"${NAME}"` from the environment. @returns undefined when it is not there, which is reported */
  #fromEnvironment(value: unknown, path: Path): unknown {
    const variable = typeof value === 'string' ? VARIABLE.exec(value)?.[1] : undefined;
    if (variable === undefined) return value;
    const found = this.#env[variable];
    if (found) return found;
    this.#problems.error(
      path,
      `takes its value from the environment variable ${variable}, which is ${found === '' ? 'empty' : 'not set'}; set it`,
    );
    return undefined;
  }
}

/** A value for a person, cut short. */
export function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return kindOf(value);
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return value === '' ? 'empty' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

/** Quotes around a number or a flag are the most common wrong type. */
function quotesHint(value: unknown, issue: z.core.$ZodIssue): string {
  const quoted = typeof value === 'string' && issue.code === 'invalid_type' && /^(\d+|true|false)$/.test(value);
  return quoted ? ', write it without the quotes' : '';
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) at = typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : undefined;
  return at;
}

function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}
