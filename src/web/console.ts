/**
 * The console page: its files, as they are in the package, at `/` and `/page/`.
 *
 * The page asks the routes of the master for all it shows, so the files themselves hold nothing of the cluster. They are read once, when the
 * master starts: a package that is exchanged below it does not mix two versions in one page.
 */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FullAnswer } from './reply';
import type { WebServer } from './server';

/** Nothing else is served, whatever a request names. */
export const PAGE_FILES = [
  'actions.js',
  'api.js',
  'cluster.js',
  'configtable.js',
  'detail.js',
  'dialog.js',
  'dom.js',
  'errors.js',
  'exits.js',
  'format.js',
  'handlers.js',
  'history.js',
  'icon.svg',
  'layout.js',
  'logtail.js',
  'lookinside.js',
  'main.js',
  'masterview.js',
  'model.js',
  'nodetable.js',
  'nodeview.js',
  'notices.js',
  'overview.js',
  'picture.js',
  'repeat.js',
  'sparkline.js',
  'state.js',
  'style.css',
  'theme.js',
  'tiles.js',
  'warnings.js',
] as const;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Registers the page's routes. */
export function consolePage(web: WebServer): void {
  for (const [path, file] of [['/', 'index.html'], ...PAGE_FILES.map((name) => [`/page/${name}`, name])] as [string, string][]) {
    const answer: FullAnswer = {
      status: 200,
      body: readFileSync(join(__dirname, 'page', file)),
      type: TYPES[extname(file)] ?? 'application/octet-stream',
    };
    // Open: a browser cannot send the token with an address that somebody types. The page asks for it, and sends it with what it asks the master.
    web.route('GET', path, () => answer, undefined, { open: true });
  }
}
