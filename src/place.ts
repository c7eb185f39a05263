/** Which line of the game's own source a stack leads to. */
import { relative, sep } from 'node:path';

/** A place in the source. */
export interface Place {
  /** Absolute; empty when it cannot be told. */
  readonly file: string;
  readonly line: number;
}

const FRAMEWORK = `${__dirname}${sep}`;
const PACKAGES = `${sep}node_modules${sep}`;
const FRAME = /^\s*at (?:.* \()?(?:async )?((?:\/|[A-Za-z]:\\).*):(\d+):\d+\)?$/;

/** The first line of a stack that is neither the framework's nor a package's nor Node's. */
export function placeIn(stack: string): Place | undefined {
  for (const line of stack.split('\n')) {
    const found = FRAME.exec(line);
    const file = found?.[1];
    if (file && !file.startsWith(FRAMEWORK) && !file.includes(PACKAGES)) return { file, line: Number(found[2]) };
  }
  return undefined;
}

/** A place for a person: relative to the working directory. */
export function describePlace(place: Place): string {
  return place.file ? `${relative(process.cwd(), place.file)}:${place.line}` : 'an unknown place';
}
