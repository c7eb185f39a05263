/** What a fresh clone holds: nothing that is built, and a lock file that `npm ci` takes on any machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

describe('the repository', () => {
  it('holds no emitted file', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
    const scripts = files.filter((file) => /\.(js|map|d\.ts|tsbuildinfo)$/.test(file) && !file.startsWith('src/web/page/'));
    assert.deepEqual(scripts, []);
  });
});
