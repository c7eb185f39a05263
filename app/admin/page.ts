/**
 * The admin page at `/`: the files of the folder beside this one, as they are.
 *
 * They hold nothing of the game: the page asks this node for all it shows, with the token if there is one. So they are open to whoever
 * reaches the port, since a browser cannot send a token with an address that somebody types.
 */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { GlobalObject } from 'firefly-ts';

/** Nothing else is served, whatever a request names. */
export const PAGE_FILES = [
  'api.mjs',
  'chart.mjs',
  'days.mjs',
  'dialog.mjs',
  'dom.mjs',
  'figures.mjs',
  'format.mjs',
  'icon.svg',
  'main.mjs',
  'operate.mjs',
  'operations.mjs',
  'players.mjs',
  'records.mjs',
  'scale.mjs',
  'style.css',
  'theme.mjs',
] as const;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

serve('/', 'index.html');
for (const file of PAGE_FILES) serve(`/page/${file}`, file);

/** Read while the module loads, so a reload shows the page as it then is. */
function serve(path: string, file: string): void {
  const answer = { status: 200, body: readFileSync(join(__dirname, 'page', file)), type: TYPES[extname(file)] ?? 'text/plain' };
  GlobalObject().webroot.add('GET', path, () => answer, { file: __filename, line: 1 }, { open: true });
}
