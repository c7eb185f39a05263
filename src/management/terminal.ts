/** What a command has for speaking to whoever typed it. Tests hand in their own. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  /** Takes what went wrong. */
  readonly complain: (line: string) => void;
  /** There when somebody looks at it: absent in a pipe or a file. */
  readonly screen?: Screen | undefined;
}

export interface Screen {
  /** Asked each time: a window changes its size. */
  columns(): number;
  readonly color: boolean;
  /** Shows what is going on, in a line that the next words take the place of. An empty text takes it away. */
  progress(text: string): void;
  /** Shows these lines and nothing else. */
  redraw(lines: readonly string[]): void;
}

const CLEAR_LINE = '\r\u001b[2K';
const HOME = '\u001b[H';
const CLEAR_TO_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The terminal of this process. Colours are for eyes: none in a pipe, none with `NO_COLOR`. */
export function ownTerminal(env: NodeJS.ProcessEnv, out: NodeJS.WriteStream, err: NodeJS.WriteStream): Terminal {
  let isRead = true;
  // Whoever has seen enough (`| head`) is no failure. Ended with the next word and not here: this process may have become a master by then.
  out.on('error', () => {
    isRead = false;
  });
  const write = (text: string) => {
    if (!isRead) process.exit(0);
    out.write(text);
  };
  const screen = out.isTTY ? screenOn(env, out, write) : undefined;
  return {
    env,
    print: (line) => write(`${screen ? CLEAR_LINE : ''}${line}\n`),
    complain: (line) => void err.write(`${err.isTTY && screen ? CLEAR_LINE : ''}${line}\n`),
    screen,
  };
}

function screenOn(env: NodeJS.ProcessEnv, out: NodeJS.WriteStream, write: (text: string) => void): Screen {
  const columns = () => out.columns || 80;
  // What wraps or scrolls cannot be taken back. Painted lines are of tables, which fit.
  const fitted = (line: string) => (line.includes('\u001b') ? line : line.slice(0, columns() - 1));
  return {
    columns,
    color: !env.NO_COLOR && env.TERM !== 'dumb',
    progress: (text) => write(`${CLEAR_LINE}${fitted(text)}`),
    redraw: (lines) => {
      const shown = lines.slice(0, (out.rows || 24) - 1).map((line) => `${fitted(line)}${CLEAR_TO_LINE_END}\n`);
      write(`${HOME}${shown.join('')}${CLEAR_BELOW}`);
    },
  };
}

const CODES = { green: 32, yellow: 33, red: 31, dim: 2, bold: 1 } as const;
export type Paint = keyof typeof CODES;

export function painted(text: string, paint: Paint): string {
  return `\u001b[${CODES[paint]}m${text}\u001b[0m`;
}
