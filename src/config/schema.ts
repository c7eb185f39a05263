/**
 * The shapes of a config file, in Firefly's own words: which keys there are and what each may be.
 *
 * Each value's error message is the rule it broke, as "must be …". Rules between values are in build.ts, links.ts and listen.ts.
 */
import { z } from 'zod';
import type { Limits } from './config';
import { DEFAULT_LIMITS } from './defaults';
import { MAX_TIMER_MS } from './timers';

/** A frame or a queue beyond this does not fit a process. */
const MAX_BYTES = 1_073_741_824;
const MAX_COUNT = 1_000_000_000;
/** Limits of disk space, not of what a process holds. */
const ON_DISK = new Set(['journalBytes', 'journalKeepBytes']);
const MAX_DISK_BYTES = 1_099_511_627_776;
/** Limits that 0 turns off. */
const OFF_AT_0 = new Set(['idleMs', 'pingMs', 'hangMs']);

/** A letter or a digit first: names are keys of objects, part of log lines and of metrics. */
const NODE_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u;
const MODULE_PATH = /^[\w$-]+(\.[\w$-]+)*$/;
/** Optional port; a bracketed address for IPv6. */
const SERVER_ADDRESS = /^(\[[\da-fA-F:.]+\]|[^\s:/[\]]+)(:\d{1,5})?$/;

const PEM_FILE = 'must be the path of a file in PEM format';
const TABLES = 'must be an object such as { "tb_log": { "durability": "relaxed" } }; durability is "durable" or "relaxed"';
/** What a browser puts in the Origin header; apps in a web view have schemes of their own. */
const ORIGIN = /^([a-z][a-z\d+.-]*:\/\/[^\s/?#]+|null)$/i;
const ORIGIN_RULE = 'must be an origin, "https://HOST" or "https://HOST:PORT", without a path';

const port = whole(0, 65_535, 'must be a port, a whole number from 0 (any free port) to 65535');
const flag = z.boolean({ error: 'must be true or false' });
const text = line('must be text that is not empty');
const host = z.string({ error: 'must be a host name or an address' }).regex(/^[^\s/]+$/, { error: 'must be a host name or an address' });
const modulePath = matching(
  MODULE_PATH,
  'must be a module path with dots, such as "app.gateserver" for app/gateserver.js beside the config',
);
const restart = z.enum(['permanent', 'transient', 'temporary'], {
  error: 'must be "permanent" (always restarted), "transient" (when it failed) or "temporary" (never)',
});

export const MasterShape = z.object({
  roothost: host.optional(),
  rootport: whole(1, 65_535, 'must be a port, a whole number from 1 to 65535'),
  webport: port,
  bind: host.optional(),
  token: text.optional(),
  log: text.optional(),
});

export const SuperviseShape = z.object({
  restart: restart.optional(),
  intensity: whole(0, MAX_COUNT, 'must be how many restarts, a whole number').optional(),
  periodMs: milliseconds(1).optional(),
  backoffMinMs: milliseconds(1).optional(),
  backoffMaxMs: milliseconds(1).optional(),
  onGiveUp: z
    .enum(['report', 'leave', 'stop'], {
      error:
        'must be "report" (the others go on, and it is tried again now and then), "leave" (the others go on without it) or "stop" (the whole cluster stops, with exit code 1)',
    })
    .optional(),
  readyMs: milliseconds(1).optional(),
  shutdownMs: milliseconds(1).optional(),
  withoutMaster: z
    .enum(['stop', 'serve'], {
      error: 'must be "stop" (in order, when the master that started it dies) or "serve" (until another master takes it back)',
    })
    .optional(),
  start: z.enum(['master', 'hand'], { error: 'must be "master" or "hand" (somebody starts it, such as on another machine)' }).optional(),
});

export const ClientTlsShape = z.object({ cert: text, key: text });

export const RemotePortShape = z.object({ rootname: text, rootport: port.optional() });

export const NodeShape = z.object({
  name: text.optional(),
  app: modulePath.optional(),
  reload: modulePath.optional(),
  log: text.optional(),
  db: flag.optional(),
  mem: flag.optional(),
  netport: port.optional(),
  wsport: port.optional(),
  wsorigins: z
    .array(
      matching(ORIGIN, ORIGIN_RULE).refine((origin) => !/^https?:/i.test(origin) || URL.canParse(origin), { error: ORIGIN_RULE }),
      { error: 'must be a list of origins, such as ["https://game.example"]' },
    )
    .min(1, { error: 'must name one origin at least; leave it out to let any page connect' })
    .optional(),
  tls: z.record(z.string(), z.unknown(), { error: 'must be { "cert": FILE, "key": FILE }' }).optional(),
  proxyprotocol: flag.optional(),
  webport: port.optional(),
  rootport: port.optional(),
  bind: host.optional(),
  remoteport: z
    .array(z.object(RemotePortShape.shape, { error: 'must be { "rootname": NAME, "rootport": PORT }' }), {
      error: 'must be a list of { "rootname": NAME, "rootport": PORT }',
    })
    .optional(),
  cpu: whole(0, 0xffff_ffff, 'must be a bit mask of processors, a whole number: 1 is the first, 2 the second, 3 both').optional(),
  restart: restart.optional(),
  supervise: z.record(z.string(), z.unknown(), { error: 'must be an object { … }' }).optional(),
});

export const DbShape = z.object({
  engine: z.enum(['mysql', 'sqlite'], { error: 'must be "mysql" or "sqlite"' }).optional(),
  host: host.optional(),
  port: whole(1, 65_535, 'must be a port, a whole number from 1 to 65535').optional(),
  user: text.optional(),
  passwd: z.string({ error: 'must be text in double quotes' }).optional(),
  db: matching(/^[^/\\\0]+$/, 'must be the name of a database').optional(),
  charset: matching(/^\w+$/, 'must be the name of a character set, such as "utf8mb4"').optional(),
  tables: z
    .record(z.string(), z.object({ durability: z.enum(['durable', 'relaxed'], { error: TABLES }) }, { error: TABLES }), { error: TABLES })
    .optional(),
});

export const MemShape = z.object({
  embedded: flag.optional(),
  urls: z
    .array(matching(SERVER_ADDRESS, 'must be "HOST:PORT"'), { error: 'must be a list such as ["127.0.0.1:11211"]' })
    .min(1, { error: 'must name one server at least, such as ["127.0.0.1:11211"]' })
    .optional(),
  hostname: matching(
    /^[^\s:]{1,64}$/,
    'must be a word of 64 characters at most, without spaces and colons: it is the first part of each key',
  ).optional(),
});

export const TlsShape = z.object({
  cert: z.string({ error: PEM_FILE }).min(1, { error: PEM_FILE }),
  key: z.string({ error: PEM_FILE }).min(1, { error: PEM_FILE }),
  ca: z.string({ error: PEM_FILE }).min(1, { error: PEM_FILE }),
});

const SHARE = 'must be a share from 0 (none) to 1 (all)';
export const TraceShape = z.object({ sample: z.number({ error: SHARE }).min(0, { error: SHARE }).max(1, { error: SHARE }).optional() });

export const LimitsShape = z.object(perKey(Object.keys(DEFAULT_LIMITS) as (keyof Limits)[], (key) => limit(key).optional()));

/** The top of the file. Its sections are checked by the shapes above, one by one. */
export const FileShape = z.object({
  master: z.unknown(),
  servers: z.unknown(),
  db: z.unknown().optional(),
  memcached: z.unknown().optional(),
  supervise: z.unknown().optional(),
  limits: z.unknown().optional(),
  tls: z.unknown().optional(),
  trace: z.unknown().optional(),
  bind: host.optional(),
  secret: text.optional(),
  game: z.unknown().optional(),
});

export const NodeNameShape = matching(
  NODE_NAME,
  'must be a name of letters, digits, "_", "-" and ".", a letter or a digit first, 64 characters at most',
);

function perKey<Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Value>;
}

function whole(least: number, most: number, error: string): z.ZodInt {
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function milliseconds(least: number): z.ZodInt {
  return whole(least, MAX_TIMER_MS, `must be milliseconds, a whole number from ${least} to ${MAX_TIMER_MS}`);
}

function limit(key: string): z.ZodInt {
  if (key.endsWith('Ms')) return milliseconds(OFF_AT_0.has(key) ? 0 : 1);
  const mostBytes = ON_DISK.has(key) ? MAX_DISK_BYTES : MAX_BYTES;
  if (key.endsWith('Bytes')) return whole(1, mostBytes, `must be bytes, a whole number from 1 to ${mostBytes}`);
  return whole(1, MAX_COUNT, `must be a whole number from 1 to ${MAX_COUNT}`);
}

function line(error: string): z.ZodString {
  return matching(/^[^\r\n\0]+$/, error);
}

function matching(pattern: RegExp, error: string): z.ZodString {
  return z.string({ error }).regex(pattern, { error });
}
