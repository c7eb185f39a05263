/** A page of the documentation, taken apart for the tests that hold it to its word. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** A code block, and the file that the text in front of it names last, if it names one. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly file: string | undefined;
}

/** @param path relative to the project */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^([^\n]*)\n+```(\w*)\n(.*?)^```$/gms)].map(([, before = '', language = '', text = '']) => ({
    language,
    text,
    file: [...before.matchAll(/`([\w/]+\.\w+)`/g)].at(-1)?.[1],
  }));
}

/** What stands under a heading, up to the next of its kind. @throws Error when the page has no such heading */
export function sectionOf(page: string, heading: string): string {
  const from = page.indexOf(`\n## ${heading}\n`);
  if (from < 0) throw new Error(`the page must have the heading ${heading}`);
  const to = page.indexOf('\n## ', from + 1);
  return to < 0 ? page.slice(from) : page.slice(from, to);
}

/** The block that belongs in a file. @throws Error when the page has none, or two */
export function blockFor(page: string, file: string): string {
  const [block, second] = blocksOf(page).filter((candidate) => candidate.file === file);
  if (!block || second) throw new Error(`the page must have one block for ${file}`);
  return block.text;
}

/** The rows of a page's tables, as the cells between the bars. */
export function rowsOf(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+\|$/.test(line))
    .map((line) => line.slice(1, -1).split(' | '));
}
