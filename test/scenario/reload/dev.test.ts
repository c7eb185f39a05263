/** `firefly dev` in a real project: edit, see the new answer; break it, see the error and the old answer; mend it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { killAll, processesWith } from '../../../tools/lib/processes';
import { waitFor } from '../../../tools/lib/wait';
import { ByHand } from '../../helpers/byhand';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { firefly } from '../../helpers/command';
import { http } from '../../helpers/http';
import { type ClaimedPorts, claimPorts } from '../../helpers/ports';
import { Project } from '../../helpers/project';

const ROOT = resolve(__dirname, '../../..');
/** The machine may be busy. */
const BUILD_MS = 60_000;
const PORTS = [9998, 9999, 10000, 10001];

const CONFIG = {
  master: { rootport: 9999, webport: 9998 },
  servers: {
    gate: { rootport: 10000, app: 'app.gate' },
    net: { netport: 10001, remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.net' },
  },
  game: { greeting: 'hello' },
};

const FILES = {
  'app/net.ts': `
import { type Connection, GlobalObject, netserviceHandle } from 'firefly-ts';
netserviceHandle('*', (_command: number, _conn: Connection, data: Buffer) => GlobalObject().remote.gate?.callRemote('answer', data));
`,
  'app/gate.ts': `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GlobalObject, rootserviceHandle, state } from 'firefly-ts';
import { text } from './text';
const count = state('count', () => ({ calls: 0 }));
const { price } = JSON.parse(readFileSync(join(__dirname, 'prices.json'), 'utf8')) as { price: number };
const { greeting } = GlobalObject().config.game as { greeting: string };
rootserviceHandle(function answer() { return \`\${greeting} \${text} \${price} \${++count.calls > 0}\`; });
`,
  'app/text.ts': "export const text: string = 'first';\n",
  'app/prices.json': '{ "price": 10 }\n',
};

const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
/** The types of the framework are no matter here, and to look through all of it takes the compiler longest. */
const TSCONFIG = {
  compilerOptions: { ...compilerOptions, paths: { 'firefly-ts': ['./types/firefly.d.ts'] } },
  include: ['*.ts', 'app/**/*.ts'],
};
const TYPES = `
export interface Connection { readonly id: number }
type Remote = { callRemote(target: string, ...args: unknown[]): Promise<unknown> };
export function GlobalObject(): { remote: Record<string, Remote>; config: { game?: unknown } };
export function netserviceHandle(key: string, target: (command: number, conn: Connection, data: Buffer) => unknown): unknown;
export function rootserviceHandle(target: (...args: never[]) => unknown): unknown;
export function state<T>(name: string, init: () => T): T;
`;

interface Status {
  readonly cluster: { readonly build?: { ok: boolean; errors: { file: string; line: number; message: string }[] } };
}

describe('firefly dev', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'firefly-dev-'));
  let project: Project;
  let ports: ClaimedPorts;
  let dev: ByHand;
  let player: GameClient;

  before(async () => {
    project = new Project({});
    for (const name of ['typescript', '@types']) project.link(`node_modules/${name}`, join(ROOT, 'node_modules', name));
    project.edit('config.json', JSON.stringify(CONFIG));
    project.edit('tsconfig.json', JSON.stringify(TSCONFIG));
    project.edit('types/firefly.d.ts', TYPES);
    for (const [file, text] of Object.entries(FILES)) project.edit(file, text);
    project.edit('app/text.ts', 'export const text: string = 1;\n');
    ports = await claimPorts(PORTS);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_DATA_DIR: dataDir };
    dev = new ByHand(['src/management/firefly.js', '--config', project.path('config.json'), 'dev'], env);
  });

  after(async () => {
    player?.close();
    await dev[Symbol.asyncDispose]();
    await killAll(() => processesWith('FIREFLY_DATA_DIR', dataDir));
    await ports[Symbol.asyncDispose]();
    project[Symbol.dispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const ask = async () => (await player.request(1)).text;
  const answers = (text: string) =>
    waitFor(
      async () => (await ask()) === text,
      () => `answer ${JSON.stringify(text)}; dev wrote:\n${dev.lines.join('\n')}`,
      BUILD_MS,
    );
  const build = async () => {
    const { json } = await http({ port: 9998 + ports.offset, path: '/status' });
    return (json() as Status).cluster.build;
  };

  it('builds a project that was never built, and starts its cluster when it compiles', async () => {
    await dev.waitForLine(/dev: .*app\/text\.ts:1: TS2322/, BUILD_MS);
    await dev.waitForLine(/1 error; the cluster is started when they are mended/);
    project.edit('app/text.ts', "export const text: string = 'first';\n");
    await dev.waitForLine(/firefly-ts: 3 processes/, BUILD_MS);
    player = await connectClient({ port: 10001 + ports.offset, header: ZERO_HEADER });
    assert.equal(await ask(), 'hello first 10 true');
    await waitFor(async () => (await build())?.ok, 'the clean build in /status');
  });

  it('reloads on save', async () => {
    project.edit('app/text.ts', "export const text: string = 'second';\n");
    await answers('hello second 10 true');
    await dev.waitForLine(/reloaded: all nodes run the new code/);
  });

  it('shows a compile error on the terminal and in /status, and the old code serves on; the mended code follows', async () => {
    project.edit('app/text.ts', 'export const text: string = 3;\n');
    await dev.waitForLine(/app\/text\.ts:1: TS2322: Type 'number' is not assignable to type 'string'/, BUILD_MS);
    await dev.waitForLine(/1 error; the code of before runs on/);
    const shown = await waitFor(async () => ((await build())?.ok === false ? build() : undefined), 'the error in /status');
    assert.deepEqual(
      shown.errors.map(({ file, line }) => [file, line]),
      [[project.path('app/text.ts'), 1]],
    );
    assert.equal(await ask(), 'hello second 10 true');
    project.edit('app/text.ts', "export const text: string = 'third';\n");
    await answers('hello third 10 true');
    await waitFor(async () => (await build())?.ok, 'the clean build in /status');
  });

  it('reloads for a table and for section game of the config, and says what takes a restart', async () => {
    project.edit('app/prices.json', '{ "price": 12 }\n');
    await answers('hello third 12 true');
    project.configure({ game: { greeting: 'hi' } });
    await answers('hi third 12 true');
    project.configure({ limits: { rpcDeadlineMs: 9_000 } });
    await dev.waitForLine(/config\.json has also changed in limits: that takes a restart of the cluster/, 20_000);
    project.edit('config.json', '{ "master": ');
    await dev.waitForLine(/not reloaded: the config cannot be used; nothing was changed: .*config\.json:1 is not valid JSON/, 20_000);
    project.edit('config.json', JSON.stringify({ ...CONFIG, game: { greeting: 'hey' } }));
    await answers('hey third 12 true');
  });

  it('takes a new file, and an import of one that was deleted is a compile error', async () => {
    project.edit('app/name.ts', "export const name = 'fourth';\n");
    project.edit('app/text.ts', "import { name } from './name';\nexport const text: string = name;\n");
    await answers('hey fourth 12 true');
    rmSync(project.path('app/name.ts'));
    await dev.waitForLine(/app\/text\.ts:1: TS\d+: .*\.\/name/, BUILD_MS);
    assert.equal(await ask(), 'hey fourth 12 true');
    project.edit('app/text.ts', "export const text: string = 'fifth';\n");
    await answers('hey fifth 12 true');
  });

  it('reloads what throws at its load: an error, and the old code serves on', async () => {
    project.edit('app/text.ts', "export const text: string = 'sixth';\nthrow new Error('not today');\n");
    await dev.waitForLine(/gate: .*app\/text\.ts:2 Error: not today/, BUILD_MS);
    await dev.waitForLine(/not reloaded: nothing was changed/);
    assert.equal(await ask(), 'hey fifth 12 true');
    project.edit('app/text.ts', "export const text: string = 'seventh';\n");
    await answers('hey seventh 12 true');
  });

  it('says that a script which begins a process takes a restart', async () => {
    project.edit('appmain.ts', 'export {};\n');
    await dev.waitForLine(/appmain\.ts: not to be reloaded; a restart is needed/, BUILD_MS);
  });

  it('ends all of it at Ctrl-C', async () => {
    dev.process.kill('SIGINT');
    assert.equal(await dev.ended(30_000), 0);
    assert.deepEqual(processesWith('FIREFLY_DATA_DIR', dataDir), []);
  });
});

describe('firefly dev of a project without TypeScript', () => {
  it('says that there is no config, and ends', async () => {
    const { exit, text } = await firefly('/nowhere/config.json', {}, 'dev');
    assert.deepEqual([exit, text], [2, '/nowhere/config.json does not exist; name the config with --config PATH\n']);
  });

  it('reloads for a saved module, and its cluster ends with it, however it ends', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'firefly-dev-'));
    using project = new Project({
      'config.json': JSON.stringify({ master: { rootport: 9999, webport: 9998 }, servers: { net: { netport: 10001, app: 'app.net' } } }),
      'app/net.js':
        "const { netserviceHandle } = require('firefly-ts');\nnetserviceHandle(1, () => require('./text').text);\nrequire('./text');\n",
      'app/text.js': "exports.text = 'first';\n",
    });
    await using ports = await claimPorts(PORTS);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_DATA_DIR: dataDir };
    try {
      await using dev = new ByHand(['src/management/firefly.js', '--config', project.path('config.json'), 'dev'], env);
      await dev.waitForLine(/firefly-ts: 2 processes/, 30_000);
      await using player = await connectClient({ port: 10001 + ports.offset, header: ZERO_HEADER });
      assert.equal((await player.request(1)).text, 'first');
      project.edit('app/text.js', "exports.text = 'second';\n");
      await waitFor(async () => (await player.request(1)).text === 'second', 'the answer of the new module');
      dev.process.kill('SIGKILL');
      await dev.ended();
      await waitFor(() => processesWith('FIREFLY_DATA_DIR', dataDir).length === 0, 'end of the cluster', 30_000);
    } finally {
      await killAll(() => processesWith('FIREFLY_DATA_DIR', dataDir));
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
