/** Each mistake is one line that names file, line, key and the fix. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/errors';
import { cluster, configFolder, problemOf, problemsOf } from './folder';

const STORES = { db: { engine: 'sqlite' }, memcached: { embedded: true } };
const fromVariable = (name: string) => `$\{${name}}`;

describe('a syntax error', () => {
  const cases: [what: string, text: string, line: RegExp][] = [
    [
      'a missing comma',
      '{\n "a": 1\n "b": 2}',
      /^config\.json:3 is not valid JSON: text in double quotes at column 2 stands where a comma is expected; add it before this$/,
    ],
    [
      'a comma too many',
      '{"a": 1,\n}',
      /^config\.json:2 is not valid JSON: } at column 1 stands where a key .* remove the comma before it or add the key$/,
    ],
    [
      'a brace that is not closed',
      '{"a": {\n"b": 1\n}\n\n',
      /^config\.json:3 is not valid JSON: the end of the file at column 2 .* closing brace } is expected; add it$/,
    ],
    ['text that is not closed', '{"passwd": "hush', /^config\.json:1 is not valid JSON: text in double quotes at column 12 is not closed/],
    ['a bare word', '{"a": hush}', /^config\.json:1 is not valid JSON: a word or a number at column 7 is no JSON value/],
    ['an empty file', '', /^config\.json:1 is not valid JSON: the end of the file at column 1 stands where a value is expected/],
    ['a list', '[]', /^config\.json:1 is no JSON object; write \{ "master"/],
  ];
  for (const [what, text, line] of cases) {
    it(`such as ${what} is told with its line, once`, async () => {
      const problem = await problemOf(text);
      assert.match(problem, line);
      assert.doesNotMatch(problem, /hush/);
    });
  }
});

describe('a key given twice with different values', () => {
  it('is told with both lines and without the values', async () => {
    const text =
      '{"master": {"rootport": 1, "webport": 2},\n"servers": {"dbfront": {"db": true}},\n"db": {"engine": "sqlite",\n"passwd": "one",\n"passwd": "two"}}';
    assert.equal(await problemOf(text), 'config.json:5 db.passwd is given twice with different values, first in line 4; remove one');
  });

  it('is found in lists and in sections that nobody knows', async () => {
    const text = '{"master": {"rootport": 1, "webport": 2}, "servers": {"a": {}}, "game": {"x": [{"y": 1, "y": {}}]}}';
    assert.equal(await problemOf(text), 'config.json:1 game.x[0].y is given twice with different values, first in line 1; remove one');
  });
});

describe('a value of the wrong kind', () => {
  const wrong: [sections: Record<string, unknown>, line: string][] = [
    [
      { servers: { a: { netport: '10001' } } },
      'config.json:8 servers.a.netport must be a port, a whole number from 0 (any free port) to 65535; it is "10001", write it without the quotes',
    ],
    [
      { servers: { a: { netport: 70000 } } },
      'config.json:8 servers.a.netport must be a port, a whole number from 0 (any free port) to 65535; it is 70000',
    ],
    [
      { servers: { a: { netport: 1.5 } } },
      'config.json:8 servers.a.netport must be a port, a whole number from 0 (any free port) to 65535; it is 1.5',
    ],
    [{ servers: { a: { db: 'true' } } }, 'config.json:8 servers.a.db must be true or false; it is "true", write it without the quotes'],
    [
      { servers: { a: { app: './a.js' } } },
      'config.json:8 servers.a.app must be a module path with dots, such as "app.gateserver" for app/gateserver.js beside the config; it is "./a.js"',
    ],
    [
      { servers: { a: { remoteport: { rootname: 'b' } } } },
      'config.json:8 servers.a.remoteport must be a list of { "rootname": NAME, "rootport": PORT }; it is an object',
    ],
    [
      { servers: { a: { remoteport: ['b'] } } },
      'config.json:9 servers.a.remoteport[0] must be { "rootname": NAME, "rootport": PORT }; it is "b"',
    ],
    [
      { servers: { a: { cpu: -1 } } },
      'config.json:8 servers.a.cpu must be a bit mask of processors, a whole number: 1 is the first, 2 the second, 3 both; it is -1',
    ],
    [
      { servers: { a: { restart: 'always' } } },
      'config.json:8 servers.a.restart must be "permanent" (always restarted), "transient" (when it failed) or "temporary" (never); it is "always"',
    ],
    [
      { servers: { a: { supervise: { restart: 1 } } } },
      'config.json:9 servers.a.supervise.restart must be "permanent" (always restarted), "transient" (when it failed) or "temporary" (never); it is 1',
    ],
    [{ servers: { a: { supervise: true } } }, 'config.json:8 servers.a.supervise must be an object { … }; it is true'],
    [{ servers: { a: 5 } }, 'config.json:7 servers.a must be an object { … }; it is 5'],
    [{ servers: [] }, 'config.json:6 servers must be an object with a section for each node; it is a list'],
    [{ servers: {} }, 'config.json:6 servers has no node in it; add one, such as "gate": { "app": "app.gateserver" }'],
    [
      { servers: { 'a b': {} } },
      'config.json:7 servers.a b must be a name of letters, digits, "_", "-" and ".", a letter or a digit first, 64 characters at most',
    ],
    [{ servers: { master: {} } }, 'config.json:7 servers.master has the name of the master itself; give the node another'],
    [{ servers: { all: {} } }, 'config.json:7 servers.all means every node, as in "restart all"; give the node another name'],
    [{ db: { passwd: 5, user: 'u', db: 'd' } }, 'config.json:10 db.passwd must be text in double quotes; it is a number'],
    [{ memcached: { urls: ['10.0.0.1:x'], hostname: 'h' } }, 'config.json:11 memcached.urls[0] must be "HOST:PORT"; it is "10.0.0.1:x"'],
    [
      { limits: { hangMs: 3_000_000_000 } },
      'config.json:10 limits.hangMs must be milliseconds, a whole number from 0 to 2147483647; it is 3000000000',
    ],
    [{ limits: { payloadBytes: 0 } }, 'config.json:10 limits.payloadBytes must be bytes, a whole number from 1 to 1073741824; it is 0'],
    [
      { limits: { heartbeatMs: 5_000 } },
      'config.json:10 limits.heartbeatMs is 5000, but heartbeatMs (5000) must be below deadAfterMs (5000); change one of them',
    ],
    [
      { servers: { a: { wsport: 1, wsorigins: 'https://game.example' } } },
      'config.json:9 servers.a.wsorigins must be a list of origins, such as ["https://game.example"]; it is "https://game.example"',
    ],
    [
      { servers: { a: { wsport: 1, wsorigins: ['https://game.example/play'] } } },
      'config.json:10 servers.a.wsorigins[0] must be an origin, "https://HOST" or "https://HOST:PORT", without a path; it is "https://game.example/play"',
    ],
    [
      { servers: { a: { wsport: 1, wsorigins: ['https://game.example:99999'] } } },
      'config.json:10 servers.a.wsorigins[0] must be an origin, "https://HOST" or "https://HOST:PORT", without a path; it is "https://game.example:99999"',
    ],
    [{ servers: { a: { netport: 1, proxyprotocol: 2 } } }, 'config.json:9 servers.a.proxyprotocol must be true or false; it is 2'],
    [{ servers: { a: { netport: 1, tls: true } } }, 'config.json:9 servers.a.tls must be { "cert": FILE, "key": FILE }; it is true'],
    [{ limits: { pingMs: -1 } }, 'config.json:10 limits.pingMs must be milliseconds, a whole number from 0 to 2147483647; it is -1'],
    [{ secret: '' }, 'config.json:9 secret must be text that is not empty; it is empty'],
    [{ bind: 'a b' }, 'config.json:9 bind must be a host name or an address; it is "a b"'],
  ];
  for (const [sections, line] of wrong) {
    it(`is told in one line: ${line.replace(/^config\.json:\d+ /, '')}`, async () => {
      assert.equal(await problemOf({ ...cluster({ a: {} }), ...sections }), line);
    });
  }

  it('says nothing of a secret but its kind', async () => {
    const problem = await problemOf({ ...cluster({ a: {} }), secret: 12345 });
    assert.match(problem, /secret must be text that is not empty; it is a number$/);
  });
});

describe('a missing key', () => {
  it('is told with what belongs there, one line each', async () => {
    assert.deepEqual(await problemsOf('{}'), [
      'config.json:1 master is missing; add it (it must be an object { … })',
      'config.json:1 servers is missing; add it (it must be an object { … })',
    ]);
    assert.equal(
      await problemOf({ master: { rootport: 9999 }, servers: { a: {} } }),
      'config.json:2 master.webport is missing; add it (it must be a port, a whole number from 0 (any free port) to 65535)',
    );
  });

  it('is looked for in a key that is spelled nearly so', async () => {
    const problem = await problemOf('{"master": {"rootport": 1,\n"webprot": 2}, "servers": {"a": {}}}');
    assert.match(problem, /^config\.json:1 master\.webport is missing; rename "webprot" in line 2 if that is what it is/);
  });

  it('of an outside database or cache is told with the way to the embedded one', async () => {
    assert.deepEqual(await problemsOf({ ...cluster({ a: {} }), db: { host: 'x' }, memcached: {} }), [
      'config.json:9 db.user is missing; add it, or take the embedded database with "engine": "sqlite"',
      'config.json:9 db.db is missing; add it, or take the embedded database with "engine": "sqlite"',
      'config.json:12 memcached.urls is missing; add it, such as ["127.0.0.1:11211"], or set "embedded": true',
      'config.json:12 memcached.hostname is missing; add a word of your own: it keeps games that share a memcached apart',
    ]);
  });

  it('of a store that a node uses is told at the node', async () => {
    assert.deepEqual(await problemsOf(cluster({ dbfront: { db: true, mem: true } })), [
      'config.json:8 servers.dbfront.db is true, but the file has no "db" section; add one, such as "db": { "engine": "sqlite" }',
      'config.json:9 servers.dbfront.mem is true, but the file has no "memcached" section; add one, such as "memcached": { "embedded": true }',
    ]);
  });
});

describe('a remoteport', () => {
  const gate = { rootport: 10000, name: 'gateway' };
  const withRoot = (...remoteport: unknown[]) => cluster({ gate: { rootport: 10000 }, quiet: {}, net: { remoteport } });
  const cases: [what: string, config: unknown, line: string][] = [
    [
      'to a root that does not exist',
      withRoot({ rootname: 'gte', rootport: 10000 }),
      'config.json:14 servers.net.remoteport[0].rootname is "gte", and there is no such node; did you mean "gate"?',
    ],
    [
      'to a name that is like no other',
      withRoot({ rootname: 'world', rootport: 1 }),
      'config.json:14 servers.net.remoteport[0].rootname is "world", and there is no such node; add servers.world or correct the name',
    ],
    [
      'to a name that every object has',
      withRoot({ rootname: 'constructor', rootport: 1 }),
      'config.json:14 servers.net.remoteport[0].rootname is "constructor", and there is no such node; add servers.constructor or correct the name',
    ],
    [
      'to a root without a rootport',
      withRoot({ rootname: 'quiet', rootport: 5 }),
      'config.json:13 servers.net.remoteport[0] names quiet, which has no rootport; add "rootport": 5 to servers.quiet',
    ],
    [
      'with another port than the root has',
      withRoot({ rootname: 'gate', rootport: 10001 }),
      'config.json:15 servers.net.remoteport[0].rootport is 10001, but the rootport of gate is 10000; write 10000',
    ],
    [
      'to the node itself',
      withRoot({ rootname: 'net' }),
      'config.json:14 servers.net.remoteport[0].rootname is the node itself; remove this entry',
    ],
    [
      'to one root twice',
      withRoot({ rootname: 'gate' }, { rootname: 'gate' }),
      'config.json:17 servers.net.remoteport[1].rootname is gate a second time; remove one entry',
    ],
    [
      'without a name',
      withRoot({ rootport: 10000 }),
      'config.json:13 servers.net.remoteport[0].rootname is missing; add it (it must be text that is not empty)',
    ],
    [
      'to a writer with a port it has not',
      cluster({ dbfront: { db: true }, net: { remoteport: [{ rootname: 'dbfront', rootport: 5 }] } }, STORES),
      'config.json:14 servers.net.remoteport[0].rootport is 5, but the rootport of dbfront has none of its own (any free port, which nodes learn from the master); remove this rootport',
    ],
  ];
  for (const [what, config, line] of cases) it(`${what} is told`, async () => assert.equal(await problemOf(config), line));

  it('to the "name" of a node whose key differs is told with the key', async () => {
    assert.match(
      await problemOf(cluster({ gate, net: { remoteport: [{ rootname: 'gateway', rootport: 10000 }] } })),
      /there is no such node; did you mean "gate"\?$/,
    );
  });

  it('that closes a circle is told with the circle', async () => {
    const a = { rootport: 1, remoteport: [{ rootname: 'b', rootport: 2 }] };
    const b = { rootport: 2, remoteport: [{ rootname: 'a', rootport: 1 }] };
    assert.equal(
      await problemOf(cluster({ a, b })),
      'config.json:9 servers.a.remoteport goes in a circle: a -> b -> a; remove one of these links',
    );
  });

  it('that closes a circle with an implied link says which links are implied', async () => {
    const servers = { dbfront: { db: true, remoteport: [{ rootname: 'gate', rootport: 1 }] }, gate: { db: true, rootport: 1 } };
    assert.match(
      await problemOf(cluster(servers, STORES)),
      /dbfront -> gate -> dbfront \(nodes with db or mem link to dbfront without being told\); remove/,
    );
  });
});

describe('a port', () => {
  it('given to two listeners of any kind is told with both', async () => {
    const servers = { gate: { rootport: 9998 }, net: { netport: 5000, wsport: 5000 }, admin: { webport: 5000 } };
    assert.deepEqual(await problemsOf(cluster(servers)), [
      'config.json:8 servers.gate.rootport is 9998, which is also master.webport (line 4); give one of them another port',
      'config.json:12 servers.net.wsport is 5000, which is also servers.net.netport (line 11); give one of them another port',
      'config.json:15 servers.admin.webport is 5000, which is also servers.net.netport (line 11); give one of them another port',
    ]);
  });

  it('may be the same on two addresses, but not on one and on all', async () => {
    const secret = 'a secret that is long enough';
    const servers = {
      a: { webport: 5000, bind: '10.0.0.1' },
      b: { webport: 5000, bind: '10.0.0.2' },
      c: { webport: 5000, bind: '0.0.0.0' },
    };
    assert.match(await problemOf(cluster(servers, { secret })), /servers\.c\.webport is 5000, which is also servers\.a\.webport/);
  });

  it('that the offset lifts beyond the last is told with both numbers', async () => {
    const problem = await problemOf(cluster({ net: { netport: 60000 } }), { FIREFLY_PORT_OFFSET: '6000' });
    assert.equal(
      problem,
      'config.json:8 servers.net.netport is 60000, and with FIREFLY_PORT_OFFSET=6000 that is 66000, above 65535; lower one of them',
    );
  });

  it('is not shifted by an offset that is no whole number', async () => {
    for (const offset of ['-1', '1.5', '0x10', 'ten', '65536']) {
      assert.equal(
        await problemOf(cluster({ a: {} }), { FIREFLY_PORT_OFFSET: offset }),
        `FIREFLY_PORT_OFFSET in the environment is "${offset}" and must be a whole number from 0 to 65535; correct it or unset it`,
      );
    }
  });
});

describe('an address that other machines reach', () => {
  it('is refused without a configured secret, one line for each place that says it', async () => {
    const open = (line: number, key: string, bind: string) =>
      `config.json:${line} ${key} is "${bind}", which other machines reach, and no secret is configured; set "secret" (or FIREFLY_SECRET), or bind to 127.0.0.1`;
    assert.equal(await problemOf(cluster({ a: { rootport: 1 }, b: { webport: 2 } }, { bind: '0.0.0.0' })), open(14, 'bind', '0.0.0.0'));
    assert.equal(await problemOf(cluster({ a: { netport: 1, webport: 2, bind: '::' } })), open(10, 'servers.a.bind', '::'));
    assert.equal(
      await problemOf({ master: { rootport: 1, webport: 2, bind: 'host.example' }, servers: { a: {} } }),
      open(5, 'master.bind', 'host.example'),
    );
    assert.equal(
      await problemOf({ master: { rootport: 1, webport: 2, roothost: '10.0.0.1' }, servers: { a: {} } }),
      open(5, 'master.roothost', '10.0.0.1'),
    );
  });
});

describe('a cluster that uses tables', () => {
  it('is refused when nobody can be told to be the writer', async () => {
    assert.match(
      await problemOf(cluster({ gate: { db: true }, game: { mem: true } }, STORES)),
      /^config\.json:6 servers has no writer for the tables of gate and game: .*, and no node has both; add "dbfront": \{ "db": true, "mem": true \}$/,
    );
    const both = { db: true, mem: true };
    assert.match(await problemOf(cluster({ gate: both, game: both }, STORES)), /, and gate and game have both; add "dbfront"/);
  });

  it('is refused when the writer itself lacks a store', async () => {
    assert.deepEqual(await problemsOf(cluster({ dbfront: {}, game: { mem: true } }, STORES)), [
      'config.json:7 servers.dbfront.db is not true, but dbfront writes the tables for game; set "db": true',
      'config.json:7 servers.dbfront.mem is not true, but dbfront writes the tables for game; set "mem": true',
    ]);
  });
});

describe('a node that is told two policies', () => {
  it('is asked which', async () => {
    const problem = await problemOf(cluster({ a: { restart: 'temporary', supervise: { restart: 'permanent' } } }));
    assert.equal(
      problem,
      'config.json:8 servers.a.restart is "temporary", but supervise.restart of the same node is "permanent"; remove one',
    );
  });
});

describe('a password from the environment', () => {
  it('that is not there is told by its name', async () => {
    const config = cluster(
      { dbfront: { db: true } },
      { db: { user: 'u', db: 'd', passwd: fromVariable('DB_PASSWORD') }, secret: fromVariable('EMPTY') },
    );
    assert.deepEqual(await problemsOf(config, { EMPTY: '' }), [
      'config.json:14 db.passwd takes its value from the environment variable DB_PASSWORD, which is not set; set it',
      'config.json:16 secret takes its value from the environment variable EMPTY, which is empty; set it',
    ]);
  });
});

describe('a module', () => {
  it('that is not there is told with the files that were looked for', async () => {
    assert.equal(
      await problemOf(cluster({ gate: { app: 'app.gate' } }), {}, []),
      'config.json:8 servers.gate.app is "app.gate", but there is no app/gate.js and no app/gate/index.js; correct the path or add the file',
    );
  });

  it('that is only there as TypeScript is told with the command that compiles it', async () => {
    const files = ['app/gate.ts', 'app/more/index.ts'];
    assert.deepEqual(await problemsOf(cluster({ gate: { app: 'app.gate', reload: 'app.more' } }), {}, files), [
      'config.json:8 servers.gate.app is app/gate.ts, which is not compiled; run: npm run build',
      'config.json:9 servers.gate.reload is app/more/index.ts, which is not compiled; run: npm run build',
    ]);
  });
});

describe('many mistakes', () => {
  it('are all told in one run, in the order of the file', async () => {
    const servers = { gate: { rootport: '1', cpu: 'x' }, net: { netport: 9999, app: 'app.none', remoteport: [{ rootname: 'gat' }] } };
    const problems = await problemsOf(cluster(servers, { db: 5, limits: { memMs: null, sqlMs: 'long' } }), {}, []);
    assert.deepEqual(
      problems.map((line) => line.split(' ', 2).join(' ')),
      [
        'config.json:8 servers.gate.rootport',
        'config.json:9 servers.gate.cpu',
        'config.json:12 servers.net.netport',
        'config.json:13 servers.net.app',
        'config.json:16 servers.net.remoteport[0].rootname',
        'config.json:21 db',
        'config.json:24 limits.sqlMs',
      ],
    );
  });

  it('do not follow from one another: a wrong port of a root is told once', async () => {
    const servers = { gate: { rootport: '10000' }, net: { remoteport: [{ rootname: 'gate', rootport: 10000 }] } };
    assert.match(await problemOf(cluster(servers)), /servers\.gate\.rootport must be a port/);
  });
});

describe('whatever a file holds', () => {
  const keys = [
    ...'db mem limits supervise game bind secret urls remoteport rootname rootport netport app restart gate'.split(' '),
    '__proto__',
    'constructor',
  ];
  const { value } = fc.letrec((again) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(fc.constantFrom(...keys), again('value')),
      fc.array(again('value'), { maxLength: 2 }),
    ),
  }));

  it('is accepted or refused with lines, and breaks nothing', async () => {
    const sections = fc.record(
      { master: value, servers: fc.dictionary(fc.constantFrom('dbfront', ...keys), value), db: value, memcached: value, limits: value },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(sections, value), fc.boolean(), async (content, valid) => {
        const text = JSON.stringify(valid && typeof content === 'object' ? { ...content, master: { rootport: 1, webport: 2 } } : content);
        await using folder = await configFolder(text, []);
        await loadConfig(folder.path, {}).catch((error) =>
          assert.ok(error instanceof ConfigError && error.problems.length > 0, String(error.stack)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
