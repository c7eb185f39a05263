/** What the console page works out without a browser. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly perSecond: number | null;
  readonly up: boolean;
}

type Placed = { tiers: string[][]; writer: string | undefined };
type Functions = Record<string, (...args: unknown[]) => unknown>;

/** The page's scripts are ES modules for browsers; Node takes them as they are. */
const load = (file: string): Promise<Functions> => import(join(__dirname, '../../../src/web/page', file));

function run(module: Functions, name: string, ...values: unknown[]): unknown {
  const found = module[name];
  if (!found) throw new Error(`there is no ${name}`);
  return found(...values);
}

const down = { state: 'exited', uptimeMs: null, memoryRss: null, restarts: 0, children: [], roots: [], exits: [], links: [] };
const up = { ...down, state: 'ready', uptimeMs: 1_000 };
const link = (peer: string, callsPerSecond: number, servedPerSecond = 0) => ({
  peer,
  callsPerSecond,
  servedPerSecond,
  inFlight: 0,
  queuedBytes: 0,
});

describe('the picture', () => {
  let cluster: Functions;
  let layout: Functions;
  before(async () => {
    cluster = await load('cluster.js');
    layout = await load('layout.js');
  });
  const rolesOf = (nodes: Record<string, object>, before: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, run(cluster, 'roleOf', node, before[name])]));

  it('puts clients’ nodes first, then their roots, then the leaves of these, and the writer apart', () => {
    const nodes = {
      game: { ...up, roots: ['gate', 'data'] },
      data: { ...up, dirtyRows: 0, children: ['gate', 'game'] },
      gate: { ...up, roots: ['data'], children: ['game', 'net'] },
      net: { ...up, connections: 3, roots: ['gate'] },
    };
    assert.deepEqual(run(cluster, 'tiersOf', rolesOf(nodes)), { tiers: [['net'], ['gate'], ['game']], writer: 'data' });
  });

  it('keeps a node where it was while it is down, and its links as lost', () => {
    const before = { gate: { ...up, children: ['net'] }, net: { ...up, connections: 1, roots: ['gate'] } };
    const nodes = { gate: { ...up }, net: down };
    const roles = rolesOf(nodes, rolesOf(before));
    assert.deepEqual(run(cluster, 'tiersOf', roles), { tiers: [['net'], ['gate']], writer: undefined });
    const [edge] = run(cluster, 'edgesOf', nodes, roles) as Edge[];
    assert.deepEqual([edge?.from, edge?.to, edge?.up, edge?.perSecond], ['net', 'gate', false, null]);
  });

  it('ends even when roots name each other in a circle', () => {
    const nodes = { a: { ...up, roots: ['b'], children: ['b'] }, b: { ...up, roots: ['a'], children: ['a'] } };
    assert.equal((run(cluster, 'tiersOf', rolesOf(nodes)) as Placed).tiers.flat().length, 2);
  });

  it('counts a call once, though both of its ends tell of it', () => {
    const nodes = {
      gate: { ...up, children: ['net'], links: [link('net', 5, 100), link('master', 9)] },
      net: { ...up, connections: 1, roots: ['gate'], links: [link('gate', 100, 5)] },
    };
    const [edge] = run(cluster, 'edgesOf', nodes, rolesOf(nodes)) as Edge[];
    assert.equal(edge?.perSecond, 105);
    const [half] = run(cluster, 'edgesOf', { ...nodes, net: { ...nodes.net, links: [] } }, rolesOf(nodes)) as Edge[];
    assert.equal(half?.perSecond, 105);
  });

  it('lets no two nodes cover each other, and none leave the room, from a phone to a wide screen', () => {
    const tiers = [
      ['n1', 'n2', 'n3'],
      ['g1', 'g2'],
      ['a', 'b', 'c', 'd'],
    ];
    const edges = ['n1', 'n2', 'n3', 'a', 'b', 'c', 'd'].flatMap((from) =>
      ['g1', 'g2'].map((to) => ({ from, to, perSecond: 1, up: true })),
    );
    const toWriter = [...tiers.flat()].map((from) => ({ from, to: 'db', perSecond: 1, up: true }));
    for (const width of [280, 336, 600, 900, 1240]) {
      const drawn = run(layout, 'layout', { tiers, writer: 'db' }, [...edges, ...toWriter], width) as {
        height: number;
        boxes: Box[];
        links: unknown[];
      };
      assert.equal(drawn.boxes.length, 10);
      assert.equal(drawn.links.length, edges.length + toWriter.length);
      for (const a of drawn.boxes) {
        assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= drawn.height, `${a.name} at ${width}`);
        for (const b of drawn.boxes) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          assert.ok(a === b || apart, `${a.name} and ${b.name} at ${width}`);
        }
      }
    }
  });
});

describe('the state of a node', () => {
  it('is a word and a kind: drained is no failure, draining is on its way', async () => {
    const cluster = await load('cluster.js');
    const drained = [{ reason: 'was drained' }];
    const states = [
      up,
      { ...up, draining: true },
      down,
      { ...down, exits: drained },
      { ...down, state: 'failed' },
      { ...up, state: 'starting' },
      { ...up, state: 'not answering' },
    ];
    assert.deepEqual(
      states.map((node) => Object.values(run(cluster, 'stateOf', node) as object)),
      [
        ['ready', 'ok'],
        ['draining', 'busy'],
        ['exited', 'bad'],
        ['drained', 'off'],
        ['failed', 'bad'],
        ['starting', 'busy'],
        ['not answering', 'bad'],
      ],
    );
  });
});

describe('figures', () => {
  let format: Functions;
  before(async () => {
    format = await load('format.js');
  });

  it('read as a person reads them, and what is not known is a dash', () => {
    const read = (name: string, ...values: unknown[]) => values.map((value) => run(format, name, value));
    assert.deepEqual(read('count', 0, 1204, null, undefined, Number.NaN), ['0', '1,204', '–', '–', '–']);
    assert.deepEqual(read('rate', 0, 0.25, 9.94, 8731.2, null), ['0', '0.3', '9.9', '8,731', '–']);
    assert.deepEqual(read('millis', 0, 0.04, 3.14, 9.97, 31.4, 1_500, 61_000), [
      '0 ms',
      '40 µs',
      '3.1 ms',
      '10 ms',
      '31 ms',
      '1.5 s',
      '61 s',
    ]);
    assert.deepEqual(read('bytes', 0, 900, 1_536, 96_468_992, 5e12), ['0 B', '900 B', '1.5 KiB', '92 MiB', '4.5 TiB']);
    assert.deepEqual(read('duration', 900, 61_000, 7_260_000, 90_000_000), ['0 s', '1 min 1 s', '2 h 1 min', '1 d 1 h']);
    assert.deepEqual([run(format, 'some', 1, 'node'), run(format, 'some', 2, 'node')], ['1 node', '2 nodes']);
  });

  it('of a config are told key by key', async () => {
    const configTable = await load('configtable.js');
    assert.deepEqual(run(configTable, 'flat', { name: 'net', roots: [{ name: 'gate', port: 1 }], supervise: {} }), [
      { key: 'name', value: 'net' },
      { key: 'roots[0].name', value: 'gate' },
      { key: 'roots[0].port', value: '1' },
      { key: 'supervise', value: '{}' },
    ]);
  });
});
