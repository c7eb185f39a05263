/** examples/docker: what an engine would refuse or an operator would regret, found where no engine runs. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadConfig } from '../../src/config/load';
import { ROOT } from '../docs/page';
import { readYaml } from '../helpers/yaml';
import { stopMs } from './stopping';

const FOLDER = join(ROOT, 'examples/docker');
const SECRETS = { FIREFLY_SECRET: 'a-secret-that-is-long-enough', FIREFLY_DB_PASSWORD: 'password' };

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
  readonly healthcheck?: object;
  readonly restart?: string;
}

const dockerfile = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8');
const instructions = dockerfile
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
const stages = instructions.flatMap(({ name }, at) => (name === 'FROM' ? [at] : []));
const last = instructions.slice(stages.at(-1));
const ofLast = (name: string) => last.filter((instruction) => instruction.name === name).map(({ rest }) => rest);

const compose = readYaml(readFileSync(join(FOLDER, 'compose.yml'), 'utf8')) as unknown as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};

/** The config as it is in the image. */
async function configOfImage() {
  const image = mkdtempSync(join(tmpdir(), 'firefly-image-'));
  after(() => rmSync(image, { recursive: true, force: true }));
  cpSync(join(FOLDER, 'config.json'), join(image, 'config.json'));
  symlinkSync(join(ROOT, 'app'), join(image, 'app'));
  return loadConfig(join(image, 'config.json'), { ...SECRETS, FIREFLY_DATA_DIR: '/data' });
}

describe('the Dockerfile', () => {
  it('gets all of app and src that is in the repository: nothing there has a name that is ignored', () => {
    const ignored = readFileSync(join(FOLDER, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    const everywhere = ignored.flatMap((line) => /^\*\*\/([\w.-]+)$/.exec(line)?.[1] ?? []);
    assert.ok(everywhere.includes('node_modules'), 'the list is read');
    const files = ['app', 'src'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }));
    const lost = files.filter((file) => file.split('/').some((part) => everywhere.includes(part)));
    assert.deepEqual(lost, []);
  });

  it('knows its instructions, and copies only what there is', () => {
    const known = 'FROM WORKDIR COPY RUN ENV VOLUME USER EXPOSE STOPSIGNAL HEALTHCHECK CMD'.split(' ');
    for (const { name } of instructions) assert.ok(known.includes(name), name);
    for (const { name, rest } of instructions) {
      if (name !== 'COPY' || rest.startsWith('--from=')) continue;
      for (const source of rest.split(' ').slice(0, -1)) assert.ok(existsSync(join(ROOT, source)), source);
    }
    for (const { name, rest } of instructions) if (name === 'FROM') assert.match(rest, /^[a-z]+:[\w.-]+( AS \w+)?$/, 'a named version');
  });

  it('has every script that is started, and every source that the build takes', () => {
    const { include } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { include: string[] };
    assert.ok(include.includes('*.ts'));
    const copied = instructions.filter(({ name }) => name === 'COPY').map(({ rest }) => rest);
    for (const source of ['appmain.ts', 'startmaster.ts', './src', './app', 'package-lock.json'])
      assert.ok(
        copied.some((rest) => rest.includes(source)),
        source,
      );
    const [, script = '', , config = ''] = JSON.parse(ofLast('CMD')[0] ?? '[]') as string[];
    assert.ok(existsSync(join(ROOT, script.replace(/\.js$/, '.ts'))), script);
    assert.ok(
      copied.some((rest) => rest.endsWith(` ./${config}`)),
      config,
    );
  });

  it('runs as nobody special, stops in order, is healthy when the cluster is ready, and holds no secret', () => {
    assert.deepEqual(ofLast('USER'), ['node']);
    assert.deepEqual(ofLast('STOPSIGNAL'), ['SIGTERM']);
    assert.match(ofLast('HEALTHCHECK')[0] ?? '', /127\.0\.0\.1:9998\/readyz/);
    assert.ok(last.findIndex(({ name }) => name === 'USER') < last.findIndex(({ name }) => name === 'CMD'));
    assert.doesNotMatch(dockerfile, /SECRET|PASSWORD|TOKEN/);
  });

  it('opens the port that the config has for clients, to the outside, and no other', async () => {
    const { config, warnings } = await configOfImage();
    assert.deepEqual(warnings, []);
    const open = Object.values(config.nodes).filter(({ bind }) => bind === '0.0.0.0');
    assert.deepEqual(
      open.map(({ netPort }) => String(netPort)),
      ofLast('EXPOSE'),
    );
    assert.equal(config.master.bind, '127.0.0.1');
  });
});

describe('the compose file', () => {
  const { game, ...stores } = compose.services;
  assert.ok(game);

  it('builds what there is, and names versions of what it takes', () => {
    const context = join(FOLDER, game.build?.context ?? '');
    assert.equal(normalize(`${context}/`), normalize(`${ROOT}/`));
    assert.ok(existsSync(join(context, game.build?.dockerfile ?? 'none')));
    for (const { image = '' } of Object.values(stores)) assert.match(image, /^[a-z]+:\d/);
  });

  it('declares its volumes, and keeps the data of both stores and of the cluster on one', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')));
    assert.deepEqual(mounted.map(([name]) => name).sort(), Object.keys(compose.volumes).sort());
    assert.ok(mounted.some(([, path]) => path === ofLastVolume()));
    assert.match(ofLast('ENV')[0] ?? '', new RegExp(`FIREFLY_DATA_DIR=${ofLastVolume()}`));
  });

  const ofLastVolume = () => ofLast('VOLUME')[0] ?? '';

  it('has the servers that the config names, with its user, database and password', async () => {
    const { config } = await configOfImage();
    const database = compose.services[config.db?.host ?? ''];
    assert.equal(database?.environment?.MARIADB_DATABASE, config.db?.database);
    assert.equal(database?.environment?.MARIADB_USER, config.db?.user);
    for (const url of config.mem?.urls ?? []) assert.ok(compose.services[dirname(url.replace(':', '/'))], url);
    for (const needed of Object.keys(game.depends_on ?? {})) assert.ok(stores[needed], needed);
    assert.equal(game.depends_on?.mariadb?.condition, 'service_healthy');
    assert.ok(database?.healthcheck);
  });

  it('takes secrets from the environment alone, and does not start without them', () => {
    for (const [name, value] of Object.entries({ ...game.environment, ...compose.services.mariadb?.environment }))
      if (/SECRET|_PASSWORD$/.test(name) && name !== 'MARIADB_RANDOM_ROOT_PASSWORD') assert.match(value, /^\$\{[A-Z_]+:\?.+\}$/, name);
  });

  it('gives the cluster the time that an orderly stop may take', async () => {
    const { config } = await configOfImage();
    assert.match(game.stop_grace_period ?? '', /^\d+s$/);
    assert.ok(Number.parseInt(game.stop_grace_period ?? '', 10) * 1_000 > stopMs(config));
  });
});
