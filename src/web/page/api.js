/**
 * Asks the master. Every request has a deadline, and the token when there is one: in the Authorization header, and kept for this tab only.
 */

const TOKEN = 'firefly-token';
const DEADLINE_MS = 10_000;

/** The master answered, and said no. */
export class Refused extends Error {
  /** @param {number} status @param {string} message @param {any} body */
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {}

/** @param {string} token */
export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/**
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {Record<string, string | number | undefined>} [query]
 * @param {number} [deadlineMs]
 * @returns {Promise<any>} what the JSON says; the text when it is none
 * @throws Refused, Unreachable
 */
export async function ask(method, path, query = {}, deadlineMs = DEADLINE_MS) {
  const answer = await send(method, path, query, deadlineMs);
  return parse(await read(answer.text()));
}

/** Hands a file of the master to the browser's downloads; a link could not carry the token. @param {string} path @param {string} name */
export async function save(path, name) {
  const answer = await send('GET', path, {}, 120_000);
  const address = URL.createObjectURL(await read(answer.blob()));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The download has begun by the next turn; the bytes are let go later, since slow machines begin slowly.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function send(method, path, query, deadlineMs) {
  const named = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(named.map(([key, value]) => [key, String(value)]));
  const token = sessionStorage.getItem(TOKEN);
  const request = fetch(named.length > 0 ? `${path}?${search}` : path, {
    method,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    signal: AbortSignal.timeout(deadlineMs),
    cache: 'no-store',
  });
  const answer = await read(request, deadlineMs);
  if (answer.ok) return answer;
  const body = parse(await read(answer.text()));
  const said = typeof body === 'string' ? body : (body?.error ?? body?.message);
  throw new Refused(answer.status, said || `${path} was answered with status ${answer.status}`, body);
}

/** What breaks on the way is nobody's answer. @template T @param {Promise<T>} reading @param {number} [deadlineMs] @returns {Promise<T>} */
async function read(reading, deadlineMs) {
  try {
    return await reading;
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    throw new Unreachable(late && deadlineMs ? `no answer within ${deadlineMs / 1000} s` : 'the connection failed', { cause: error });
  }
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
