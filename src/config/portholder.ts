/** Who listens on a port of this machine, as far as this user may know it. Reads /proc; where there is none, nobody is found. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State of a socket that listens, in /proc/net/tcp. */
const LISTENS = '0A';
const MOST_COMMAND = 80;

/** @returns `process 4711 (python3 -m http.server)`; undefined when it cannot be told */
export function holderOf(port: number): string | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listenersIn(read(`/proc/net/${table}`), port)));
  if (sockets.size === 0) return undefined;
  const pid = pids().find((pid) => holdsOne(pid, sockets));
  if (pid === undefined) return undefined;
  const command = read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim();
  // Somebody else's words: nothing in them may reach a terminal as more than text.
  const shown = [...command].filter((char) => char >= ' ' && char !== '\u007f').join('');
  return `process ${pid}${shown ? ` (${shown.slice(0, MOST_COMMAND)})` : ''}`;
}

/** @returns inode numbers of the sockets that listen there */
export function listenersIn(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(`:${hex}`) && state === LISTENS)
    .flatMap((columns) => columns[9] ?? []);
}

function pids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function holdsOne(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) =>
      sockets.has(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''),
    );
  } catch {
    // It ended meanwhile, or is another user's.
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
