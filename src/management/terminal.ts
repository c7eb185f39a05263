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
  // A reader that has seen enough (`| head`) is no failure.
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const screen = out.isTTY ? screenOn(env, out) : undefined;
  const say = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${screen ? CLEAR_LINE : ''}${line}\n`);
  return { env, print: say(out), complain: err.isTTY ? say(err) : (line) => void err.write(`${line}\n`), screen };
}

function screenOn(env: NodeJS.ProcessEnv, out: NodeJS.WriteStream): Screen {
  return {
    columns: () => out.columns || 80,
    color: !env.NO_COLOR && env.TERM !== 'dumb',
    // A line that wraps cannot be taken back.
    progress: (text) => void out.write(`${CLEAR_LINE}${text.slice(0, (out.columns || 80) - 1)}`),
    redraw: (lines) => void out.write(`${HOME}${lines.map((line) => `${line}${CLEAR_TO_LINE_END}\n`).join('')}${CLEAR_BELOW}`),
  };
}

const CODES = { green: 32, yellow: 33, red: 31, dim: 2, bold: 1 } as const;
export type Paint = keyof typeof CODES;

export function painted(text: string, paint: Paint): string {
  return `\u001b[${CODES[paint]}m${text}\u001b[0m`;
}
