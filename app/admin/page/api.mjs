/** Asks the admin node. Every request has a deadline, and the token when there is one: in a header, and kept for this tab only. */

const TOKEN = 'game-admin-token';
const DEADLINE_MS = 15_000;

/** The node answered, and said no. */
export class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Nobody answered: whether it was done is not known. */
export class NoAnswer extends Error {}

/** @param {string} token */
export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** @param {string} path @param {Record<string, string | number>} [query] @returns {Promise<any>} what the JSON says */
export async function get(path, query = {}) {
  const search = new URLSearchParams(fieldsOf(query)).toString();
  return JSON.parse(await send(search ? `${path}?${search}` : path, {}));
}

/** What changes something. @param {string} path @param {Record<string, string | number>} fields @returns {Promise<string>} the text of the answer */
export function post(path, fields) {
  return send(path, { method: 'POST', body: new URLSearchParams(fieldsOf(fields)) });
}

/** @param {string} path @param {RequestInit} options */
async function send(path, options) {
  const token = sessionStorage.getItem(TOKEN);
  let answer;
  let said;
  try {
    answer = await fetch(path, {
      ...options,
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    said = await answer.text();
  } catch (error) {
    throw new NoAnswer('the admin node does not answer', { cause: error });
  }
  if (answer.ok) return said;
  throw new Refused(answer.status, errorOf(said) || `${path} was answered with status ${answer.status}`);
}

function errorOf(said) {
  try {
    return JSON.parse(said).error;
  } catch {
    return said;
  }
}

/** @param {Record<string, string | number>} query @returns {[string, string][]} */
function fieldsOf(query) {
  return Object.entries(query).map(([name, value]) => [name, String(value)]);
}
