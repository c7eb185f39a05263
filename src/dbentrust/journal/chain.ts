/**
 * Which of the segments in a folder make up the journal, in order.
 *
 * Each epoch begins with a copy of the tail it found, so it stands in for everything older from its first sequence on: what a writer appended that was shut out already is left out.
 */
import type { Files } from './files';
import { parseSegmentName, type SegmentName } from './header';

export interface ChainLink extends SegmentName {
  /** The last sequence that counts here; undefined for the newest segment, which ends where it ends. */
  readonly limit: number | undefined;
}

export interface Chain {
  readonly links: readonly ChainLink[];
  /** Segments that newer epochs stand in for. */
  readonly superseded: readonly SegmentName[];
}

export async function readChain(files: Files, folder: string): Promise<Chain> {
  return chainOf((await files.list(folder)).flatMap((name) => parseSegmentName(name) ?? []));
}

export function chainOf(segments: readonly SegmentName[]): Chain {
  const sorted = [...segments].sort((a, b) => a.epoch - b.epoch || a.first - b.first);
  const chain: SegmentName[] = [];
  const superseded: SegmentName[] = [];
  for (const segment of sorted) {
    for (let last = chain.at(-1); last && last.first >= segment.first; last = chain.at(-1)) {
      superseded.push(last);
      chain.pop();
    }
    chain.push(segment);
  }
  const links = chain.map((segment, at) => {
    const next = chain[at + 1];
    return { ...segment, limit: next && next.first - 1 };
  });
  return { links, superseded };
}
