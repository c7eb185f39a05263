/**
 * A user's project in a folder of its own: handler modules that a test writes, builds and edits, and a config.
 *
 * It finds `firefly-ts` the way an installed package is found, so nothing in it knows where the framework lies.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transpileModule } from 'typescript';

const ROOT = resolve(__dirname, '../..');

export class Project implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'firefly-project-'));

  /** @param files sources by path; `.ts` files are built, the rest is written as it is */
  constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(join(this.dir, 'node_modules'));
    symlinkSync(ROOT, join(this.dir, 'node_modules/firefly-ts'));
    for (const [file, text] of Object.entries(files)) this.edit(file, text, { build: true });
  }

  path(file: string): string {
    return join(this.dir, file);
  }

  /** The config as it is now. */
  config(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.path('config.json'), 'utf8'));
  }

  /** Puts keys into the config, or other values for them. */
  configure(sections: Readonly<Record<string, unknown>>): void {
    this.edit('config.json', JSON.stringify({ ...this.config(), ...sections }));
  }

  /** Makes a folder from elsewhere a part of the project. */
  link(name: string, folder: string): void {
    symlinkSync(folder, this.path(name));
  }

  /** Writes a file; `build` also makes the module of a source, as the compiler does when the whole project compiles. */
  edit(file: string, text: string, { build = false } = {}): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
    if (build && file.endsWith('.ts')) this.#build(file, text);
  }

  #build(file: string, text: string): void {
    const { outputText, sourceMapText = '' } = transpileModule(text, {
      fileName: file.replace(/.*\//, ''),
      compilerOptions: { module: 1, target: 9, esModuleInterop: true, sourceMap: true, inlineSources: true },
    });
    writeFileSync(this.path(file.replace(/\.ts$/, '.js')), outputText);
    writeFileSync(this.path(file.replace(/\.ts$/, '.js.map')), sourceMapText);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A net node, a gate and two game nodes; 300 is answered by game1 and 301 by game2. */
export function twoGames(overrides: Readonly<Record<string, string>> = {}): Project {
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        gate: { rootport: 10000, app: 'app.gate', restart: 'temporary' },
        net: { netport: 10001, remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.net' },
        game1: { remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.game' },
        game2: { remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.game' },
      },
    }),
    'app/net.ts': `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
const front = GlobalObject().netfactory;
if (front) front.errorEncoder = (error) => 'failed: ' + (error as Error).name;
netserviceHandle(100, () => 'net');
netserviceHandle(500, () => { throw new Error('handler 500 fails'); });
netserviceHandle('*', (command: number, conn: { id: number }, data: Buffer) => GlobalObject().remote.gate?.callRemote('pass', command, conn.id, data));
`,
    'app/gate.ts': `
import { GlobalObject, rootserviceHandle, sessions } from 'firefly-ts';
rootserviceHandle(function pass(command: number, dynamicId: number, data: Buffer) {
  if (command === 400) return sessions().set(dynamicId, { name: data.toString() }), 'known';
  if (command === 401) return JSON.stringify(sessions().get(dynamicId)?.data ?? null);
  if (command === 402) return new Promise(() => {});
  return GlobalObject().root?.callChild(command === 301 ? 'game2' : 'game1', 'answer', data);
});
`,
    'app/text.ts': "export const text = 'first text';\n",
    'app/game.ts': `
import { GlobalObject, remoteserviceHandle, state } from 'firefly-ts';
import { text } from './text';
const count = state('count', () => ({ calls: 0 }));
remoteserviceHandle('gate')(function answer() {
  count.calls++;
  return \`\${GlobalObject().config.name ?? ''}\${text} \${count.calls}\`;
});
`,
    ...overrides,
  });
}

/**
 * The cluster of a config of ours with other settings: the same app folders, and what `changes` says on top, section by section.
 *
 * @param config relative to the project's root
 * @param files further modules, in folders of their own
 */
export function variantOf(
  config: string,
  changes: Readonly<Record<string, object>>,
  files: Readonly<Record<string, string>> = {},
): Project {
  const sections = JSON.parse(readFileSync(join(ROOT, config), 'utf8')) as Record<string, Record<string, unknown>>;
  for (const [section, change] of Object.entries(changes)) {
    const before = sections[section] ?? {};
    const merged = Object.entries(change).map(([key, value]) => [key, isSection(value) ? { ...(before[key] as object), ...value } : value]);
    sections[section] = { ...before, ...Object.fromEntries(merged) };
  }
  const project = new Project({ 'config.json': JSON.stringify(sections), ...files });
  project.link('app', join(ROOT, dirname(config), 'app'));
  return project;
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
