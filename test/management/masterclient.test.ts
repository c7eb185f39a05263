/** How the command finds the master, and what it makes of its answers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDataFolder } from '../../src/config/partly';
import { CommandFailed, Exit, findMaster, MasterClient, masterOf } from '../../src/management/masterclient';
import { WebServer } from '../../src/web/server';
import { keptLog } from '../helpers/log';
import { Project } from '../helpers/project';

const failed = (exit: number, message: RegExp) => (error: unknown) =>
  error instanceof CommandFailed && error.exit === exit && message.test(error.message);

describe('the master', () => {
  it('is where the config says, unless the environment says otherwise', () => {
    const master = { host: '127.0.0.1', webPort: 9998, token: 'config' } as Parameters<typeof masterOf>[0]['master'];
    assert.deepEqual(masterOf({ master }, {}), { url: 'http://127.0.0.1:9998', token: 'config' });
    assert.equal(masterOf({ master: { ...master, host: '::1' } }, {}).url, 'http://[::1]:9998');
    const env = { FIREFLY_URL: 'http://game.example:80', FIREFLY_TOKEN: 'environment' };
    assert.deepEqual(masterOf({ master }, env), { url: 'http://game.example:80', token: 'environment' });
  });

  it('is found in a config that has no password of the database, is being edited, and is not built', async () => {
    using project = new Project({
      'config.json': JSON.stringify({
        master: { rootport: 9999, webport: 7000, token: `\${OPERATOR_TOKEN}` },
        servers: { net: { netport: 'a port', app: 'app.nowhere' } },
        db: { user: 'game', passwd: `\${DB_PASSWORD}`, db: 'game' },
        limits: { leaseMs: 'long' },
      }),
    });
    const path = project.path('config.json');
    const env = { OPERATOR_TOKEN: 'the token', FIREFLY_PORT_OFFSET: '10' };
    assert.deepEqual(await findMaster(path, env), { url: 'http://127.0.0.1:7010', token: 'the token' });
    await assert.rejects(findMaster(path, {}), /^ConfigError: .*config\.json:1 master\.token takes its value from .*OPERATOR_TOKEN[^\n]*$/);
    const elsewhere = { FIREFLY_URL: 'http://game.example:80' };
    assert.deepEqual(await findMaster(path, { ...env, ...elsewhere }), { url: 'http://game.example:80', token: 'the token' });
    assert.deepEqual(await findMaster('nowhere.json', elsewhere), { url: 'http://game.example:80', token: undefined });
    await assert.rejects(findMaster('nowhere.json', {}), /nowhere\.json/);
    assert.equal(await readDataFolder(path, {}), project.path('data'));
  });

  it('is asked with the token, and its refusals are said in its words', async () => {
    const web = new WebServer({ log: keptLog().log, hosts: [], token: 's3cret' });
    web.route('GET', '/quarantine', () => [{ table: 'tb_item', pk: 7, reason: 'CHECK' }]);
    web.route('POST', '/evict', ({ query }) => ({ status: 404, body: { error: `${query.get('table')} ${query.get('pk')} is not there` } }));
    const url = `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}`;
    try {
      const master = new MasterClient({ url, token: 's3cret' });
      assert.deepEqual(await master.ask('GET', '/quarantine'), [{ table: 'tb_item', pk: 7, reason: 'CHECK' }]);
      const words = { table: 'tb_word', pk: 'a & b=ü' };
      await assert.rejects(master.ask('POST', '/evict', words), failed(Exit.refused, /^tb_word a & b=ü is not there$/));
      await assert.rejects(
        new MasterClient({ url, token: 'wrong' }).ask('GET', '/quarantine'),
        failed(Exit.refused, /FIREFLY_TOKEN.* is not the token that the master was started with$/),
      );
      await assert.rejects(
        new MasterClient({ url, token: undefined }).ask('GET', '/quarantine'),
        failed(Exit.refused, /^the token is missing or wrong.*FIREFLY_TOKEN.*\/etc\/firefly\/environment/),
      );
    } finally {
      await web.close();
    }
    await assert.rejects(
      new MasterClient({ url, token: undefined }).ask('GET', '/status'),
      failed(Exit.unreachable, /no master answers at/),
    );
  });
});
