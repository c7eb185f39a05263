import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { describeFailure } from '../../../src/server/reload/loadfailure';
import { adopt, load, loadAfresh, staleSources, versionOf } from '../../../src/server/reload/modules';
import { heapUsed } from '../../helpers/heap';

interface Main {
  readonly text: string;
  readonly shared: object;
}

describe('loading modules afresh', () => {
  let dir: string;
  const write = (name: string, text: string) => writeFileSync(join(dir, name), text);
  const main = () => require(join(dir, 'main.js')) as Main;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'firefly-modules-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));
  beforeEach(() => {
    write('leaf.js', "exports.text = 'one';");
    write('main.js', "exports.text = require('./leaf').text;");
  });

  const loaded = () => load(join(dir, 'main'));

  it('sees a change in a leaf, and leaves the running modules in place until it is adopted', () => {
    const running = loaded();
    write('leaf.js', "exports.text = 'two';");
    const next = loadAfresh(running);
    assert.equal(main().text, 'one');
    adopt(running, next);
    assert.equal(main().text, 'two');
    adopt(next, running);
    for (const file of running.modules.keys()) delete require.cache[file];
  });

  it('changes nothing when a module throws, and finds the mended module at the next try', () => {
    const running = loaded();
    write('extra.js', "exports.text = 'bad';");
    write('main.js', "exports.text = require('./extra').text;\nthrow new Error('no');");
    let failure: unknown;
    try {
      loadAfresh(running);
    } catch (error) {
      failure = error;
    }
    assert.deepEqual(describeFailure(failure, 'main'), { file: join(dir, 'main.js'), line: 2, message: 'Error: no' });
    assert.equal(main().text, 'one');
    write('extra.js', "exports.text = 'good';");
    write('main.js', "exports.text = require('./extra').text;");
    const next = loadAfresh(running);
    adopt(running, next);
    assert.equal(main().text, 'good');
    for (const file of next.modules.keys()) delete require.cache[file];
  });

  it('names file and line of a syntax error', () => {
    write('leaf.js', 'exports.text = 1;\nexports.text = ;');
    assert.throws(
      () => loaded(),
      (error) => {
        const { file, line } = describeFailure(error, 'main');
        return file === join(dir, 'leaf.js') && line === 2;
      },
    );
  });

  it('names the module that asks for a missing one', () => {
    write('main.js', "\nrequire('./nowhere');");
    assert.throws(
      () => loaded(),
      (error) => {
        const { file, line } = describeFailure(error, 'main');
        return file === join(dir, 'main.js') && line === 2;
      },
    );
  });

  it('gives other code another version, and the same code the same', () => {
    const first = loaded();
    const version = versionOf([first], dir);
    assert.equal(versionOf([loadAfresh(first)], dir), version);
    write('leaf.js', "exports.text = 'two';");
    assert.equal(versionOf([first], dir), version, 'what runs is what was loaded');
    assert.notEqual(versionOf([loadAfresh(first)], dir), version);
    for (const file of first.modules.keys()) delete require.cache[file];
  });

  it('finds a source that was changed after the build, with its first new line', () => {
    write('leaf.ts', 'line one\nline 2\n');
    write('leaf.js.map', JSON.stringify({ sourcesContent: ['line one\nline two\n'] }));
    const subtree = loaded();
    assert.deepEqual(
      staleSources(subtree).map(({ file, line }) => ({ file, line })),
      [{ file: join(dir, 'leaf.ts'), line: 2 }],
    );
    for (const file of subtree.modules.keys()) delete require.cache[file];
    rmSync(join(dir, 'leaf.ts'));
  });

  it('loads a package once, also one that only the new code asks for', () => {
    const running = loaded();
    mkdirSync(join(dir, 'node_modules/pack'), { recursive: true });
    write('node_modules/pack/index.js', 'exports.unique = {};');
    write('main.js', "exports.shared = require('pack').unique; exports.text = require('./leaf').text;");
    const second = loadAfresh(running);
    adopt(running, second);
    const { shared } = main();
    const third = loadAfresh(second);
    adopt(second, third);
    assert.equal(main().shared, shared);
    for (const file of third.modules.keys()) delete require.cache[file];
  });

  it('leaks nothing over 300 loads', async () => {
    write('leaf.js', "exports.text = 'x'.repeat(10); exports.ballast = Buffer.alloc(200_000).toString('latin1') + Math.random();");
    write('main.js', "exports.text = require('./leaf').text;");
    let running = loaded();
    const round = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const next = loadAfresh(running);
        adopt(running, next);
        running = next;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return heapUsed();
    };
    const first = await round(20);
    const last = await round(300);
    assert.ok(last - first < 10_000_000, `the heap grew by ${last - first} bytes`);
  });
});
