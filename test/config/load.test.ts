import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DEFAULT_LIMITS, DEFAULT_SUPERVISE } from '../../src/config/defaults';
import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/errors';
import { cluster, configFolder, load, loadCluster } from './folder';

const FIXTURES = join(__dirname, '..', 'fixtures');
const fromVariable = (name: string) => `$\{${name}}`;
const fixture = (name: string) => readFile(join(FIXTURES, name), 'utf8');

describe("Firefly's own file", () => {
  it('is accepted as it is, with a warning for the name it gives twice', async () => {
    const { config, warnings } = await load(await fixture('firefly-example/config.json'));
    assert.deepEqual(Object.keys(config.nodes), ['gate', 'net', 'game1']);
    assert.equal(config.master.rootPort, 9999);
    assert.equal(config.master.webPort, 9998);
    assert.equal(config.nodes.gate?.rootPort, 10000);
    assert.equal(config.nodes.net?.netPort, 10001);
    assert.deepEqual(config.nodes.game1?.roots, [{ name: 'gate', port: 10000 }]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /config\.json:1 servers\.net\.name is given twice with the same value, first in line 1; remove one$/);
  });

  it('is accepted with every key that Firefly knows', async () => {
    const { config, warnings } = await load(await fixture('config/firefly-full.json'), { FIREFLY_SECRET: 'a secret that is long enough' });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /config\.json:2 master\.roothost is "192\.168\.1\.10", .* in the clear/);
    assert.deepEqual(config.db, {
      engine: 'mysql',
      host: '10.1.2.3',
      user: 'game',
      password: 'words',
      port: 3307,
      database: 'anheisg',
      charset: 'utf8',
    });
    assert.deepEqual(config.mem, { embedded: false, urls: ['10.1.2.4:11211', '10.1.2.5:11212'], hostname: 'anheisg' });
    assert.equal(config.master.host, '192.168.1.10');
    assert.equal(config.master.log, join(config.dir, 'app/logs/master.log'));
    const game = config.nodes.game1;
    assert.equal(game?.cpu, 2);
    assert.equal(game?.app, join(config.dir, 'app/gameserver'));
    assert.equal(game?.reload, join(config.dir, 'app/game/doreload'));
    assert.equal(game?.log, join(config.dir, 'app/logs/game1.log'));
    assert.deepEqual(game?.roots, [{ name: 'gate', port: 10000 }, { name: 'dbfront' }]);
    assert.equal(config.nodes.admin?.webPort, 2012);
  });

  it('keeps each section of a node as it was written', async () => {
    const section = { name: 'gate', rootport: 10000, ours: { any: [1, null] } };
    const config = await loadCluster(cluster({ gate: section }));
    assert.deepEqual(config.nodes.gate?.section, section);
  });

  it('takes null for a key that is left out, as Python did', async () => {
    const config = await loadCluster(cluster({ gate: { rootport: 10000, webport: null, db: null, remoteport: null } }, { db: null }));
    assert.equal(config.nodes.gate?.webPort, undefined);
    assert.equal(config.nodes.gate?.db, false);
    assert.equal(config.db, undefined);
  });

  it('may have comments and a byte order mark', async () => {
    const config = await loadCluster(
      '\uFEFF{ // ours\n"master": {"rootport": 1, "webport": 2}, /* "x": 1 */ "servers": {"a": {"log": "http://x"}}}',
    );
    assert.equal(config.nodes.a?.log, join(config.dir, 'http:/x'));
  });
});

describe('a config that says no more than it must', () => {
  it('gets the defaults', async () => {
    const config = await loadCluster(cluster({ gate: {} }));
    assert.deepEqual(config.limits, DEFAULT_LIMITS);
    assert.deepEqual(config.nodes.gate?.supervise, DEFAULT_SUPERVISE);
    assert.deepEqual(config.master, { host: '127.0.0.1', bind: '127.0.0.1', rootPort: 9999, webPort: 9998 });
    assert.equal(config.nodes.gate?.bind, '127.0.0.1');
    assert.equal(config.dataDir, join(config.dir, 'data'));
    assert.equal(config.writer, undefined);
    assert.equal(config.secret, undefined);
  });

  it('is plain data that survives the way to a node', async () => {
    const config = await loadCluster(cluster({ net: { netport: 1 } }, { game: { any: [1] } }));
    assert.deepEqual(JSON.parse(JSON.stringify(config)), config);
  });
});

describe('additions to the file', () => {
  it('let a node say what is supervised, in the short form too, over the cluster, over the defaults', async () => {
    const config = await loadCluster(
      cluster(
        { a: { restart: 'temporary' }, b: { supervise: { intensity: 0, restart: 'permanent' } }, c: {} },
        { supervise: { restart: 'transient', periodMs: 5 } },
      ),
    );
    assert.deepEqual(config.nodes.a?.supervise, { ...DEFAULT_SUPERVISE, periodMs: 5, restart: 'temporary' });
    assert.deepEqual(config.nodes.b?.supervise, { ...DEFAULT_SUPERVISE, periodMs: 5, restart: 'permanent', intensity: 0 });
    assert.deepEqual(config.nodes.c?.supervise, { ...DEFAULT_SUPERVISE, periodMs: 5, restart: 'transient' });
  });

  it('change limits one by one', async () => {
    const config = await loadCluster(cluster({ a: {} }, { limits: { idleMs: 60_000, connections: 5 } }));
    assert.deepEqual(config.limits, { ...DEFAULT_LIMITS, idleMs: 60_000, connections: 5 });
  });

  it('says by table how durable a change is when it is acknowledged', async () => {
    const sections = (durability: string) => ({ db: { engine: 'sqlite', tables: { tb_log: { durability } } } });
    const config = await loadCluster(cluster({ dbfront: { db: true } }, sections('relaxed')));
    assert.deepEqual(config.db?.durability, { tb_log: 'relaxed' });
    await assert.rejects(loadCluster(cluster({ dbfront: { db: true } }, sections('soon'))), /durability is "durable" or "relaxed"/);
  });

  it('embed both stores with two words', async () => {
    const config = await loadCluster(
      cluster({ dbfront: { db: true, mem: true } }, { db: { engine: 'sqlite' }, memcached: { embedded: true } }),
    );
    assert.equal(config.db?.engine, 'sqlite');
    assert.deepEqual(config.mem, { embedded: true, urls: [], hostname: 'firefly' });
  });

  it('carry a port for WebSocket clients', async () => {
    assert.equal((await loadCluster(cluster({ net: { wsport: 11010 } }), { FIREFLY_PORT_OFFSET: '5' })).nodes.net?.wsPort, 11015);
  });

  it('leave the section of the game to the game', async () => {
    const game = { rootport: 'mine', servers: [null, { a: null }] };
    const { config, warnings } = await load(cluster({ a: {} }, { game }));
    assert.deepEqual(config.game, game);
    assert.deepEqual(warnings, []);
  });

  it('give outside caches their usual port', async () => {
    const memcached = { urls: ['10.0.0.1', '[::1]', 'cache:3'], hostname: 'h' };
    const config = await loadCluster(cluster({ dbfront: { db: true, mem: true } }, { db: { engine: 'sqlite' }, memcached }));
    assert.deepEqual(config.mem?.urls, ['10.0.0.1:11211', '[::1]:11211', 'cache:3']);
  });

  it('bind a node by its own word, else by the word for all', async () => {
    const servers = { a: { bind: '10.0.0.1' }, b: {}, c: { bind: 'localhost' } };
    const config = await loadCluster(cluster(servers, { bind: '0.0.0.0', secret: 'a secret that is long enough' }));
    assert.deepEqual(
      Object.values(config.nodes).map((node) => node.bind),
      ['10.0.0.1', '0.0.0.0', '127.0.0.1'],
    );
    assert.equal(config.master.bind, '0.0.0.0');
  });

  it('let a master that other machines dial listen where they dial', async () => {
    const master = { roothost: '192.168.1.10', rootport: 9999, webport: 9998 };
    const config = await loadCluster({ master, servers: { a: {} }, secret: 'a secret that is long enough' });
    assert.equal(config.master.bind, '192.168.1.10');
    assert.equal(config.nodes.a?.bind, '127.0.0.1');
  });
});

describe('the environment', () => {
  it('shifts the ports that the cluster listens on and the references to them, and no others', async () => {
    const servers = {
      dbfront: { db: true, mem: true },
      gate: { rootport: 10000, db: true },
      net: { netport: 11009, webport: 0, remoteport: [{ rootname: 'gate', rootport: 10000 }] },
    };
    const sections = { db: { user: 'u', db: 'd', port: 3306 }, memcached: { urls: ['127.0.0.1:11211'], hostname: 'h' } };
    const config = await loadCluster(cluster(servers, sections), { FIREFLY_PORT_OFFSET: '100' });
    assert.deepEqual([config.master.rootPort, config.master.webPort], [10099, 10098]);
    assert.equal(config.nodes.gate?.rootPort, 10100);
    assert.equal(config.nodes.net?.netPort, 11109);
    assert.equal(config.nodes.net?.webPort, 0);
    assert.equal(config.nodes.dbfront?.rootPort, 0);
    assert.deepEqual(config.nodes.net?.roots, [{ name: 'gate', port: 10100 }]);
    assert.equal(config.db?.port, 3306);
    assert.deepEqual(config.mem?.urls, ['127.0.0.1:11211']);
  });

  it('says where the cluster keeps its files', async () => {
    assert.equal((await loadCluster(cluster({ a: {} }), { FIREFLY_DATA_DIR: '/somewhere/else' })).dataDir, '/somewhere/else');
    assert.equal((await loadCluster(cluster({ a: {} }), { FIREFLY_DATA_DIR: 'near' })).dataDir, join(process.cwd(), 'near'));
  });

  it('gives passwords to a file that names variables', async () => {
    const servers = { dbfront: { db: true } };
    const sections = { db: { user: 'u', db: 'd', passwd: fromVariable('DB_PASSWORD') }, secret: fromVariable('CLUSTER_SECRET') };
    const master = { rootport: 9999, webport: 9998, token: fromVariable('TOKEN') };
    const env = { DB_PASSWORD: 'p', CLUSTER_SECRET: 'a secret that is long enough', TOKEN: 't' };
    const config = await loadCluster({ master, servers, ...sections }, env);
    assert.equal(config.db?.password, 'p');
    assert.equal(config.secret, 'a secret that is long enough');
    assert.equal(config.master.token, 't');
  });

  it('goes before the file with its secret, and says so without showing either', async () => {
    const { config, warnings } = await load(cluster({ a: {} }, { secret: 'the secret of the file' }), {
      FIREFLY_SECRET: 'the secret of the environment',
    });
    assert.equal(config.secret, 'the secret of the environment');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /secret is not used: FIREFLY_SECRET in the environment differs/);
    assert.doesNotMatch(warnings[0] ?? '', /of the file|of the environment$/);
  });

  it('is warned about when its secret is short', async () => {
    const { warnings } = await load(cluster({ a: {} }), { FIREFLY_SECRET: 'short' });
    assert.match(warnings[0] ?? '', /\(from FIREFLY_SECRET\) is shorter than 16 characters/);
  });

  it('counts an empty variable as none', async () => {
    const config = await loadCluster(cluster({ a: {} }), { FIREFLY_PORT_OFFSET: '', FIREFLY_DATA_DIR: '', FIREFLY_SECRET: '' });
    assert.equal(config.master.rootPort, 9999);
    assert.equal(config.secret, undefined);
  });
});

describe('links to the writer', () => {
  const stores = { db: { engine: 'sqlite' }, memcached: { embedded: true } };

  it('are added to every node that uses tables, last, and to no other', async () => {
    const gate = [{ rootname: 'gate', rootport: 10000 }];
    const servers = {
      dbfront: { db: true, mem: true },
      gate: { rootport: 10000, db: true },
      game: { mem: true, remoteport: gate },
      net: { netport: 1, remoteport: gate },
    };
    const config = await loadCluster(cluster(servers, stores));
    assert.equal(config.writer, 'dbfront');
    assert.equal(config.nodes.dbfront?.rootPort, 0);
    assert.deepEqual(config.nodes.dbfront?.roots, []);
    assert.deepEqual(config.nodes.gate?.roots, [{ name: 'dbfront' }]);
    assert.deepEqual(config.nodes.game?.roots, [{ name: 'gate', port: 10000 }, { name: 'dbfront' }]);
    assert.deepEqual(config.nodes.net?.roots, [{ name: 'gate', port: 10000 }]);
  });

  it('go to the only node with both stores when none is named dbfront', async () => {
    const config = await loadCluster(cluster({ gate: { db: true }, tables: { db: true, mem: true, rootport: 4000 } }, stores));
    assert.equal(config.writer, 'tables');
    assert.deepEqual(config.nodes.gate?.roots, [{ name: 'tables', port: 4000 }]);
  });

  it('keep their place when the file names them', async () => {
    const remoteport = [{ rootname: 'dbfront' }, { rootname: 'gate' }];
    const config = await loadCluster(cluster({ dbfront: { db: true }, gate: { rootport: 10000 }, game: { db: true, remoteport } }, stores));
    assert.deepEqual(config.nodes.game?.roots, [{ name: 'dbfront' }, { name: 'gate', port: 10000 }]);
  });
});

describe('warnings', () => {
  it('ask for a near word when a key is unknown, and leave far ones alone', async () => {
    const { warnings } = await load(
      cluster(
        { gate: { netprot: 5, colour: 'red', remoteport: [{ rootname: 'root', rootprot: 1 }] }, root: { rootport: 1 } },
        { limit: {}, supervise: { period: 3 }, limits: { payload: 3, memms: 4 } },
      ),
    );
    assert.deepEqual(
      warnings.map((line) => line.replace(/^.*?config\.json:\d+ /, '')),
      [
        'servers.gate.netprot is no key that firefly-ts knows; did you mean "netport"?',
        'servers.gate.colour is no key that firefly-ts knows; it is left alone',
        'servers.gate.remoteport[0].rootprot is no key that firefly-ts knows; did you mean "rootport"?',
        'limit is no key that firefly-ts knows; did you mean "limits"?',
        'supervise.period is no key that firefly-ts knows; did you mean "periodMs"?',
        'limits.payload is no key that firefly-ts knows; it is left alone',
        'limits.memms is no key that firefly-ts knows; did you mean "memMs"?',
      ],
    );
  });

  it('tell that a node goes by its key when its name differs', async () => {
    const { config, warnings } = await load(cluster({ gate: { name: 'gate1' } }));
    assert.equal(config.nodes.gate?.name, 'gate');
    assert.match(
      warnings[0] ?? '',
      /:8 servers\.gate\.name is "gate1", but the node's name is its key, gate; make them equal or remove this one$/,
    );
  });

  it('tell that the addresses of caches are not used when the cache is embedded', async () => {
    const sections = { db: { engine: 'sqlite' }, memcached: { embedded: true, urls: ['127.0.0.1:11211'] } };
    const { warnings } = await load(cluster({ dbfront: { db: true, mem: true } }, sections));
    assert.match(warnings[0] ?? '', /memcached\.urls is not used while "embedded" is true/);
  });
});

describe('modules', () => {
  it('may be a file or a folder with an index', async () => {
    await using folder = await configFolder(cluster({ gate: { app: 'app.gate', reload: 'app.more.deep' } }), [
      'app/gate/index.js',
      'app/more/deep.js',
    ]);
    const { config } = await loadConfig(folder.path, {});
    assert.equal(config.nodes.gate?.app, join(folder.dir, 'app/gate'));
    assert.equal(config.nodes.gate?.reload, join(folder.dir, 'app/more/deep'));
  });
});

describe('a file that cannot be read', () => {
  it('is named, with what to do', async () => {
    await using folder = await configFolder('{}');
    await assert.rejects(loadConfig(join(folder.dir, 'none.json'), {}), {
      name: 'ConfigError',
      message: `${folder.dir}/none.json does not exist; name the config with --config PATH`,
    });
    await assert.rejects(loadConfig(folder.dir, {}), { name: 'ConfigError', message: `${folder.dir} is a folder; name the config in it` });
  });

  it('is named relative to where the command runs, when it lies below', async () => {
    await using folder = await configFolder('{}');
    const before = process.cwd();
    process.chdir(folder.dir);
    try {
      await writeFile('broken.json', '{');
      await assert.rejects(
        loadConfig('broken.json', {}),
        (error) => error instanceof ConfigError && error.message.startsWith('broken.json:1 '),
      );
    } finally {
      process.chdir(before);
    }
  });
});
