/** Where a thread stands, as a person reads it: the frames of a paused debugger, in the lines of the sources. Pure but for reading source maps. */
import { readFileSync } from 'node:fs';
import type { Debugger } from 'node:inspector';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Standing {
  /** The innermost place outside Node itself: `spin (/game/app/game.ts:12)`. */
  readonly place: string;
  /** As `Error.stack` has it, without the first line. */
  readonly stack: string;
}

const MOST_FRAMES = 30;

/** @param urls of scripts, by their id */
export function describeFrames(frames: readonly Debugger.CallFrame[], urls: ReadonlyMap<string, string>): Standing {
  const maps = new Map<string, SourceMap | undefined>();
  const shown = frames.slice(0, MOST_FRAMES).map(({ functionName, url, location }) => {
    const at = placeOf(urls.get(location.scriptId) || url, location, maps);
    return { at, text: functionName ? `${functionName} (${at})` : at };
  });
  const own = shown.find(({ at }) => !at.startsWith('node:') && !at.startsWith('<')) ?? shown[0];
  return { place: own?.text ?? '', stack: shown.map(({ text }) => `    at ${text}`).join('\n') };
}

function placeOf(url: string, { lineNumber, columnNumber = 0 }: Debugger.Location, maps: Map<string, SourceMap | undefined>): string {
  if (!url) return '<anonymous>';
  if (url.startsWith('node:')) return `${url}:${lineNumber + 1}`;
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!maps.has(file)) maps.set(file, sourceMap(file));
  const entry = maps.get(file)?.findEntry(lineNumber, columnNumber);
  if (!entry || !('originalSource' in entry)) return `${file}:${lineNumber + 1}`;
  return `${file.replace(/[^/\\]*$/, '')}${entry.originalSource.replace(/.*[/\\]/, '')}:${entry.originalLine + 1}`;
}

/** The map that the compiler wrote beside the file. */
function sourceMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
