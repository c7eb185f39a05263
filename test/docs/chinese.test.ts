/** The pages in Chinese say what their English twins say: the same code, headings, rows and links, and all the names that are no words. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readPage } from './page';

const PAGES = ['', 'docs']
  .flatMap((folder) => readdirSync(join(ROOT, folder)).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.zh.md'));

const FENCE = /^```.*?^```$/gms;

function partsOf(page: string) {
  const prose = page.replace(FENCE, '');
  return {
    code: page.match(FENCE) ?? [],
    headings: prose.match(/^#+ /gm) ?? [],
    rows: (prose.match(/^\|.*$/gm) ?? []).map((row) => row.split(/(?<!\\)\|/).length),
    points: prose.match(/^- /gm)?.length ?? 0,
  };
}

/** What both languages write in the same way: names in backticks, and where links lead. Links to the pages that are there twice aside. */
function namesOf(page: string): string[] {
  const prose = page.replace(FENCE, '');
  const links = Array.from(prose.matchAll(/\]\(([^)]+)\)/g), ([, target]) => `link ${target}`).filter(
    (link) => !/(\.zh\.md|from-firefly\.md|README\.md)/.test(link),
  );
  return [...new Set([...(prose.match(/`[^`]+`/g) ?? []), ...links])].sort();
}

describe('the pages in Chinese', () => {
  it('are there', () => assert.ok(PAGES.includes('docs/from-firefly.zh.md'), PAGES.join()));

  for (const page of PAGES) {
    it(`${page} has all that its English twin has`, () => {
      const twin = page.replace('.zh.md', '.md');
      assert.ok(existsSync(join(ROOT, twin)), twin);
      const [chinese, english] = [readPage(page), readPage(twin)];
      assert.deepEqual(partsOf(chinese), partsOf(english));
      assert.deepEqual(namesOf(chinese), namesOf(english));
    });
  }
});
