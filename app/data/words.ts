/** Words that players may not write: some nowhere, some only not in their names. */
import { BadData } from './read/baddata';
import words from './tables/words.json';

export interface ForbiddenWords {
  readonly anywhere: readonly string[];
  /** Forbidden in names beside those: who is called so could be taken for the staff. */
  readonly names: readonly string[];
}

export const FORBIDDEN_WORDS: ForbiddenWords = readWords(words);

/** @throws BadData naming the list and the word */
export function readWords({ anywhere, names }: Record<keyof ForbiddenWords, unknown>): ForbiddenWords {
  return { anywhere: readList('anywhere', anywhere), names: readList('names', names) };
}

/** Upper and lower case are one, as are wide and narrow forms of a letter. */
export function hasForbiddenWord(text: string, forbidden: readonly string[]): boolean {
  const plain = text.normalize('NFKC').toLowerCase();
  return forbidden.some((word) => plain.includes(word));
}

function readList(list: string, words: unknown): string[] {
  if (!Array.isArray(words)) throw new BadData('words', '-', list, 'must be a list of words');
  return words.map((word: unknown, place) => {
    const isPlain = typeof word === 'string' && word !== '' && word.trim() === word && word.normalize('NFKC').toLowerCase() === word;
    if (!isPlain) throw new BadData('words', '-', `${list}.${place}`, `is ${JSON.stringify(word)} and must be a word in lower case`);
    return word;
  });
}
