/** What a fresh clone holds: nothing that is built, and a lock file that `npm ci` takes on any machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(__dirname, '..');

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

describe('package-lock.json', () => {
  const packages: Record<string, LockedPackage> = read('package-lock.json').packages;

  it('pins every package by its content and names no registry', () => {
    for (const [path, { integrity, resolved }] of Object.entries(packages)) {
      if (path === '') continue;
      assert.match(integrity ?? '', /^sha512-/, path);
      assert.equal(resolved, undefined, path);
    }
  });

  it('has the packages of every platform: without one of them npm ci refuses the whole file', () => {
    for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
      for (const name of Object.keys(optionalDependencies))
        assert.ok(packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`], `${path} needs ${name}`);
    }
  });
});

describe('package.json', () => {
  it('exports modules that are there', () => {
    for (const file of Object.values(read('package.json').exports as Record<string, string>)) assert.ok(existsSync(join(ROOT, file)), file);
  });
});

describe('npm run clean', () => {
  it('removes what the compiler makes, and nothing else', () => {
    const dir = mkdtempSync(join(tmpdir(), 'firefly-clean-'));
    try {
      const emitted = [
        'appmain.js',
        'appmain.js.map',
        'tsconfig.tsbuildinfo',
        'app/game/hello.js',
        'app/game/hello.js.map',
        'src/gone/old.js',
        'src/gone/old.d.ts',
      ];
      const kept = [
        'appmain.ts',
        'app/game/hello.ts',
        'app/rows.json',
        'coverage/report.js',
        'data/game.sqlite',
        'data/scripts/own.js',
        'node_modules/some/index.js',
        'notes.log',
        'src/web/page/page.js',
      ];
      for (const file of [...emitted, ...kept]) {
        mkdirSync(dirname(join(dir, file)), { recursive: true });
        writeFileSync(join(dir, file), '');
      }
      for (const file of ['package.json', '.gitignore']) copyFileSync(join(ROOT, file), join(dir, file));
      execFileSync('git', ['init', '--quiet'], { cwd: dir });
      execFileSync('git', ['add', 'package.json', '.gitignore', 'appmain.ts', 'app/game/hello.ts'], { cwd: dir });
      execFileSync('npm', ['run', '--silent', 'clean'], { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
      assert.deepEqual(
        emitted.filter((file) => existsSync(join(dir, file))),
        [],
      );
      assert.deepEqual(
        kept.filter((file) => existsSync(join(dir, file))),
        kept,
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('the repository', () => {
  it('holds no emitted file', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
    const scripts = files.filter((file) => /\.(js|map|d\.ts|tsbuildinfo)$/.test(file) && !file.startsWith('src/web/page/'));
    assert.deepEqual(scripts, []);
  });
});
