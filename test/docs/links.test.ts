/** What the pages point at is there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readPage } from './page';

const pagesIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((page) => `${folder}/${page}`);
const PAGES = ['README.md', 'README.zh.md', 'CHANGELOG.md', ...pagesIn('docs')];

const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

describe('every link in the documentation', () => {
  for (const page of PAGES) {
    it(`of ${page} leads somewhere`, () => {
      for (const [, target = ''] of readPage(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', fragment] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(join(ROOT, file)), `${page} links to ${target}`);
        if (fragment === undefined) continue;
        const headings = [...readPage(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading));
        assert.ok(headings.includes(fragment), `${page} links to ${target}`);
      }
    });
  }
});
