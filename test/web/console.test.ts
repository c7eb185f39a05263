import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { consolePage, PAGE_FILES } from '../../src/web/console';
import { WebServer } from '../../src/web/server';
import { http } from '../helpers/http';
import { silentLog } from '../helpers/services';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'src/web/page');

describe('the files of the console page', () => {
  let web: WebServer;
  let port: number;
  before(async () => {
    web = new WebServer({ log: silentLog(), hosts: [] });
    consolePage(web);
    port = await web.listen(0, '127.0.0.1');
  });
  after(() => web.close());

  it('are those in the folder, each with its type and the headers that keep others out', async () => {
    assert.deepEqual([...PAGE_FILES, 'index.html', 'package.json'].sort(), readdirSync(FOLDER).sort());
    const types: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
    for (const file of PAGE_FILES) {
      const { status, headers, text } = await http({ port, path: `/page/${file}` });
      assert.equal(status, 200, file);
      assert.equal(headers['content-type'], types[file.replace(/.*\./, '')], file);
      assert.equal(text, readFileSync(join(FOLDER, file), 'utf8'));
    }
    const { status, headers } = await http({ port, path: '/' });
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.match(String(headers['content-security-policy']), /default-src 'self'.*frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('are all there is: no other file of the disk can be named', async () => {
    for (const path of ['/page/', '/page/../console.js', '/page/%2e%2e/console.js', '/page/package.json', '/page/main.js/', '/console.js'])
      assert.equal((await http({ port, path })).status, 404, path);
    assert.equal((await http({ port, path: '/', method: 'POST' })).status, 405);
  });

  it('are served without the token, which a browser cannot send with an address, but to no page and under no name of others', async () => {
    const locked = new WebServer({ log: silentLog(), hosts: [], token: 'a token' });
    consolePage(locked);
    locked.route('GET', '/status', () => 'not without');
    const at = await locked.listen(0, '127.0.0.1');
    try {
      for (const path of ['/', '/page/main.js']) {
        assert.equal((await http({ port: at, path })).status, 200, path);
        for (const headers of [{ Host: 'evil.example' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'http://evil.example' }] as Record<
          string,
          string
        >[])
          assert.equal((await http({ port: at, path, headers })).status, 403, `${path} ${JSON.stringify(headers)}`);
      }
      assert.equal((await http({ port: at, path: '/status' })).status, 401);
    } finally {
      await locked.close();
    }
  });

  it('name nothing of another origin, and put nothing in as HTML', () => {
    for (const file of [...PAGE_FILES, 'index.html']) {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      assert.doesNotMatch(text.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//, file);
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function/, file);
      assert.doesNotMatch(text, /document\.cookie/, file);
    }
  });

  it('are in the npm package', () => {
    const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' }));
    const files = (packed as { files: { path: string }[] }).files.map(({ path }) => path);
    for (const file of readdirSync(FOLDER)) assert.ok(files.includes(`src/web/page/${file}`), file);
  });

  it('have types that fit', () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.page.json')], { encoding: 'utf8' });
  });
});
