/** The table of names in docs/from-firefly.md: every name of Firefly is in it, and everything it promises is there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import pino from 'pino';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { FileShape, NodeShape } from '../../src/config/schema';
import { MemClient } from '../../src/dbentrust/cache/memclient';
import { MFKMode, MMode } from '../../src/dbentrust/face/mmode';
import { LinkedChild } from '../../src/distributed/child';
import { ChildsManager } from '../../src/distributed/manager';
import { RemoteObject } from '../../src/distributed/node';
import { PBRoot } from '../../src/distributed/root';
import * as firefly from '../../src/index';
import { Metrics } from '../../src/metrics/metrics';
import { ClientConnection } from '../../src/netconnect/clientconnection';
import { LiberateFactory } from '../../src/netconnect/factory';
import { ConnectionManager } from '../../src/netconnect/manager';
import { ROOT, readPage, rowsOf } from './page';

/** Every public name of Firefly 1.3.3: module, class or function, and a class's methods. */
const FIREFLY: Record<string, Record<string, string[]>> = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/firefly-names.json'), 'utf8'));

const PAGE = readPage('docs/from-firefly.md');
const ROWS = rowsOf(PAGE.slice(PAGE.indexOf('## Names'))).filter(([left]) => left?.trim() !== 'Firefly');

const log = pino({ level: 'silent' });
const about = { name: 'here', secret: 'a secret', limits: DEFAULT_LIMITS, log };
const front = new LiberateFactory({ log, limits: DEFAULT_LIMITS, metrics: new Metrics('here'), nextId: () => 1 });

/** What `same` is looked up in: an instance where hooks are its own properties, else the prototype. */
const CLASSES: Record<string, readonly object[]> = {
  MAdminManager: [firefly.MAdminManager.prototype],
  MemClient: [MemClient, MemClient.prototype],
  MemObject: [firefly.MemObject.prototype],
  MMode: [MMode.prototype],
  MFKMode: [MFKMode.prototype],
  MAdmin: [firefly.MAdmin.prototype],
  Child: [LinkedChild.prototype],
  ChildsManager: [ChildsManager.prototype],
  RemoteObject: [RemoteObject.prototype],
  PBRoot: [new PBRoot(about)],
  Master: [firefly.Master(), firefly.Master().config('', '')],
  Connection: [ClientConnection.prototype],
  DataPackProtoc: [firefly.DataPackProtoc.prototype],
  ConnectionManager: [ConnectionManager.prototype],
  LiberateFactory: [front],
  GlobalObject: [firefly.GlobalObject()],
  FFServer: [firefly.FFServer(), firefly.FFServer().config('', '')],
  Service: [firefly.Service.prototype],
  CommandService: [firefly.CommandService.prototype],
};

/** Options and fields that rows speak of; the compiler sees to it that they exist. */
const FIELDS = {
  ...({ fk: true, incrkey: true, durability: true } satisfies Record<
    keyof NonNullable<ConstructorParameters<typeof firefly.MAdmin>[2]>,
    true
  >),
  ...({ serial: true } satisfies Record<keyof NonNullable<ConstructorParameters<typeof firefly.Service>[1]>, true>),
  ...({ id: true } satisfies Partial<Record<keyof firefly.Connection, true>>),
};

/** Classes that the framework makes, or that stay inside it: a game has at most their type. */
const INTERNAL = new Set(['MemClient']);

/** Names that `src/index.ts` exports, types too. */
const EXPORTED = new Set(
  [...readFileSync(join(ROOT, 'src/index.ts'), 'utf8').matchAll(/export (?:type )?\{(.*?)\}/gs)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.replace('type ', '').trim())
      .filter(Boolean),
  ),
);

const here = (name: string) =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()).replace(/^IsEffective$/, 'isEffective');
const has = (Class: string, member: string) => CLASSES[Class]?.some((place) => member in place) ?? false;
const spans = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
const words = (cell: string) => new Set(cell.match(/\w+/g));

describe("the table of Firefly's names", () => {
  it('has every public name of Firefly', () => {
    for (const [module, names] of Object.entries(FIREFLY)) {
      for (const [name, methods] of Object.entries(names)) {
        const rows = ROWS.map(([left = '']) => words(left)).filter((row) => row.has(name));
        assert.ok(rows.length > 0, `${module}.${name}`);
        for (const method of methods)
          assert.ok(
            rows.some((row) => row.has(method)),
            `${module}.${name}: ${method}`,
          );
      }
    }
  });

  it('says `same` only of what is there, by the same name', () => {
    let checked = 0;
    for (const [left = '', right = ''] of ROWS) {
      if (!/^same\b/.test(right.trim())) continue;
      const [first = '', ...more] = spans(left).map((span) => span.split('.').at(-1) ?? '');
      for (const name of [first, ...more]) {
        assert.ok(EXPORTED.has(name) || INTERNAL.has(name), `${name} is promised and not exported`);
        checked += 1;
      }
      for (const method of left.split(':')[1]?.split(',') ?? []) {
        assert.ok(has(first, here(method.trim())), `${first}.${here(method.trim())} is promised and not there`);
        checked += 1;
      }
    }
    assert.ok(checked > 100, `${checked} names`);
  });

  it('names nothing that is not there', () => {
    const members = (name: string) => Object.keys(CLASSES).some((Class) => has(Class, name));
    const known = (name: string) =>
      EXPORTED.has(name) || members(name) || name in FileShape.shape || name in NodeShape.shape || name in FIELDS;
    for (const [left = '', right = ''] of ROWS) {
      for (const span of spans(right)) {
        if (/^(GET \/|firefly-ts|transport\.|for \(|app\/|config\.json|same$)/.test(span)) continue;
        const code = span.replace(/'[^']*'/g, '').replace(/\((?:[^()]|\([^()]*\))*\)/g, '');
        const [name = '', ...path] = code
          .replace(/^new /, '')
          .replace(/ = .*/, '')
          .replace(/[{}\s]/g, '')
          .split(/[.,]/);
        assert.ok(known(name), `${left} promises ${span}, and there is no ${name}`);
        const inner = path.filter((member) => !(name in firefly && member in Object((firefly as Record<string, unknown>)[name])));
        for (const member of inner) assert.ok(known(member) || member === 'game', `${left} promises ${span}, and there is no ${member}`);
      }
    }
  });

  it('is exported whole: every error class too', async () => {
    const errors = await import('../../src/errors.js');
    for (const [name, value] of Object.entries(errors)) {
      if (typeof value === 'function' && value.prototype instanceof Error) assert.ok(EXPORTED.has(name), name);
    }
  });
});
