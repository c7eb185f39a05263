/**
 * Which statements `db.query` lets through: one at a time, and none that writes a managed table behind the writer's back.
 *
 * Reads names, not grammar: where it cannot tell what a statement writes, any mention of a managed table counts. Triggers and views are out of its sight.
 */
import { QueryRefused } from '../../errors';

/** Comments, quoted texts, names (quoted or not), and single characters. */
const TOKENS =
  /(\/\*[\s\S]*?\*\/|--[^\n]*|#[^\n]*)|('(?:[^'\\]|''|\\[\s\S])*')|(`(?:[^`]|``)*`|"(?:[^"\\]|""|\\[\s\S])*"|\[[^\]\n]*\])|([\p{L}_$][\p{L}\p{N}_$]*)|(\S)/gu;

const READS = new Set(['SELECT', 'SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC', 'VALUES', 'TABLE']);
/** Verbs whose target ends at one of these words or at a parenthesis; what follows is only read. */
const TARGET_ENDS: Readonly<Record<string, readonly string[]>> = {
  INSERT: ['VALUES', 'VALUE', 'SELECT', 'SET', 'DEFAULT', 'WITH', '('],
  REPLACE: ['VALUES', 'VALUE', 'SELECT', 'SET', 'DEFAULT', 'WITH', '('],
  UPDATE: ['SET'],
  DELETE: ['WHERE', 'ORDER', 'LIMIT', 'RETURNING'],
};
const DEFINES = new Set(['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'RENAME', 'ANALYZE', 'OPTIMIZE']);

interface Token {
  /** Upper case for words; a name's own letters lie in `name`. */
  readonly word: string;
  readonly name: string | undefined;
  readonly depth: number;
}

/**
 * Refuses what may not run.
 *
 * @param managed whether a table, named in lower case, is written by the writer only
 * @throws QueryRefused with the reason and what to do instead
 */
export function checkStatement(sql: string, managed: (table: string) => boolean): void {
  const tokens = tokensOf(sql);
  const start = verbAt(tokens);
  const verb = tokens[start]?.word;
  if (verb === undefined) throw new QueryRefused('an empty statement');
  if (READS.has(verb)) return;
  const ends = TARGET_ENDS[verb];
  if (!ends && !DEFINES.has(verb)) {
    throw new QueryRefused(
      `${verb} is not run by db.query; it takes SELECT, INSERT, REPLACE, UPDATE, DELETE and statements that define tables`,
    );
  }
  const depth = tokens[start]?.depth ?? 0;
  for (const token of tokens.slice(start + 1)) {
    if (ends && token.depth === depth && ends.includes(token.word)) return;
    if (token.name === undefined) continue;
    if (managed(token.name.toLowerCase())) {
      throw new QueryRefused(
        `${verb} would write the managed table ${token.name} behind its writer's back; change its rows with MAdmin and MMode`,
      );
    }
  }
}

/** Where the statement's verb is: behind the common tables of a WITH. */
function verbAt(tokens: readonly Token[]): number {
  if (tokens[0]?.word !== 'WITH') return 0;
  const at = tokens.findIndex(
    ({ word, depth }) => depth === 0 && (word === 'SELECT' || word === 'VALUES' || Object.hasOwn(TARGET_ENDS, word)),
  );
  return at === -1 ? 0 : at;
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let ended = false;
  for (const [text, comment, literal, quoted, word] of sql.matchAll(TOKENS)) {
    if (comment !== undefined) {
      if (/^\/\*(!|M!)/.test(comment)) throw new QueryRefused('a comment that MySQL executes (/*! ... */) is not run by db.query');
      continue;
    }
    if (ended) throw new QueryRefused('several statements in one; send them one at a time');
    if (text === ';') ended = true;
    else if (text === ')') depth -= 1;
    else if (quoted !== undefined) tokens.push({ word: '', name: quoted.slice(1, -1), depth });
    else if (word !== undefined) tokens.push({ word: word.toUpperCase(), name: word, depth });
    else if (literal === undefined) tokens.push({ word: text, name: undefined, depth });
    if (text === '(') depth += 1;
  }
  return tokens;
}
