/**
 * A JSON log line as a person reads it: time, node, level when it is not info, message, fields; an error's stack below.
 *
 * Pure. What came over the network may be in a line, so no control character gets through to the terminal.
 */

/** Shown in places of their own, or kept for machines: a message says in words what event it is and whom it is about. */
const PLACED = new Set(['time', 'node', 'level', 'msg', 'pid', 'code', 'event', 'peer']);

/** A text of that many characters that the message has too is not shown a second time. */
const TOLD_LENGTH = 4;

/** Numbers of pino's levels, for lines of programs that do not write labels. */
const LEVELS: ReadonlyMap<unknown, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

/**
 * Formats one line; without its line end.
 *
 * @param line as pino wrote it; anything that is not such a line comes back as it is, without control characters
 * @returns one line, followed by indented ones when it carries an error
 */
export function formatLine(line: string): string {
  const record = parse(line);
  if (!record) return clean(line.trimEnd());
  const level = LEVELS.get(record.level) ?? textOf(record.level ?? 'info');
  const message = textOf(record.msg ?? '');
  const isTold = (value: unknown) => typeof value === 'string' && value.length >= TOLD_LENGTH && message.includes(value);
  const fields = Object.entries(record).filter(([key, value]) => !PLACED.has(key) && !isError(value) && !isTold(value));
  const errors = Object.entries(record).filter(([key, value]) => !PLACED.has(key) && isError(value));
  const words = [
    clock(record.time),
    clean(textOf(record.node ?? '')),
    level === 'info' ? '' : clean(level.toUpperCase()),
    clean(message),
    ...fields.map(([key, value]) => `${clean(key)}=${show(value)}`),
  ];
  const stacks = errors.flatMap(([key, value]) =>
    showError(key === 'error' || key === 'err' ? '' : `${clean(key)}: `, value as LoggedError),
  );
  return [words.filter((word) => word !== '').join(' '), ...stacks].join('\n');
}

interface LoggedError {
  readonly message: string;
  readonly type?: string;
  readonly stack?: string;
  readonly cause?: unknown;
  /** Of the process that threw it, when that is another one. */
  readonly remoteStack?: unknown;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const record: unknown = JSON.parse(line);
    const isRecord = typeof record === 'object' && record !== null && ('msg' in record || 'level' in record);
    return isRecord ? (record as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Any value of a JSON document: an object in it may have its own idea of `toString`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Local time of day: who reads this sits in front of it. */
function clock(time: unknown): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

function show(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=[\]{}]+$/.test(value)) return clean(value);
  return clean(JSON.stringify(value) ?? String(value));
}

function isError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string' && 'stack' in value;
}

function showError(title: string, error: LoggedError): string[] {
  const text = typeof error.stack === 'string' ? error.stack : `${textOf(error.type ?? 'Error')}: ${error.message}`;
  const [first, ...rest] = text.split('\n').map(clean);
  const remote =
    typeof error.remoteStack === 'string' ? error.remoteStack.split('\n').map((line) => `    thrown there: ${clean(line)}`) : [];
  const cause = isError(error.cause) ? showError('caused by: ', error.cause as LoggedError) : [];
  return [`    ${title}${first}`, ...rest.map((line) => `    ${line}`), ...remote, ...cause];
}

/** Makes control characters visible; C1 ones too, which some terminals obey. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
