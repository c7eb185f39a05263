/** What a role may be called and be. Pure. */
import { FORBIDDEN_WORDS, hasForbiddenWord } from '../../data/words';
import { Refused } from '../../share/refused';
import { hasUnseen, lengthOf } from '../../share/request';

const MIN_NAME = 2;
const MAX_NAME = 20;

/** Professions that a player may choose. */
const LAST_PROFESSION = 6;

/** A profession as clients send it: a number, or its text. @throws Refused */
export function readProfession(value: unknown): number {
  const profession = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : value;
  if (typeof profession !== 'number' || !Number.isInteger(profession) || profession < 1 || profession > LAST_PROFESSION) {
    throw new Refused('profession_error');
  }
  return profession;
}

/** The name as it is stored: composed characters, so that what looks equal is equal. @throws Refused */
export function readRoleName(value: unknown): string {
  if (typeof value !== 'string') throw new Refused('yhm_buhege');
  const name = value.normalize('NFC');
  const length = lengthOf(name);
  if (length < MIN_NAME || length > MAX_NAME) throw new Refused('yhm_buhege');
  const { anywhere, names } = FORBIDDEN_WORDS;
  if (name.trim() !== name || hasUnseen(name) || hasForbiddenWord(name, [...anywhere, ...names])) throw new Refused('yhm_feifa');
  return name;
}
