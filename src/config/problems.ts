/**
 * What is wrong with a config, collected: one line a mistake, with file, line, key and the fix.
 *
 * Everything that checks a config reports here and goes on, so that one run shows all mistakes.
 */
import { ConfigError } from '../errors';

/** Keys and indexes that lead from the top of the file to a value. */
export type Path = readonly (string | number)[];

interface Entry {
  readonly line: number;
  /** The section it is in; undefined when it is about the whole, or the environment. */
  readonly section: string | number | undefined;
  readonly text: string;
}

export class Problems {
  readonly #file: string;
  readonly #lineOf: (path: Path) => number;
  readonly #errors: Entry[] = [];
  readonly #warnings: Entry[] = [];

  /** @param file the file's name as a person knows it @param lineOf the line of a path, or of what would hold it */
  constructor(file: string, lineOf: (path: Path) => number) {
    this.#file = file;
    this.#lineOf = lineOf;
  }

  /** A mistake: the cluster does not start. */
  error(path: Path, what: string, line = this.#lineOf(path)): void {
    this.#errors.push({ line, section: path[0], text: this.#sentence(path, what, line) });
  }

  /** Something the owner should know; the cluster starts. */
  warn(path: Path, what: string, line = this.#lineOf(path)): void {
    this.#warnings.push({ line, section: path[0], text: this.#sentence(path, what, line) });
  }

  /** A mistake in a variable of the environment. Never name its value when it is a secret. */
  errorInEnvironment(variable: string, what: string): void {
    this.#errors.push({ line: 0, section: undefined, text: `${variable} in the environment ${what}` });
  }

  lineOf(path: Path): number {
    return this.#lineOf(path);
  }

  get warnings(): string[] {
    return inOrder(this.#warnings);
  }

  /** @param section only mistakes in it, and in what is above all sections. @throws ConfigError with all mistakes, in the order of the file */
  throwIfAny(section?: string): void {
    const errors = this.#errors.filter((error) => section === undefined || error.section === undefined || error.section === section);
    if (errors.length > 0) throw new ConfigError(inOrder(errors));
  }

  #sentence(path: Path, what: string, line: number): string {
    return path.length === 0 ? `${this.#file}:${line} ${what}` : `${this.#file}:${line} ${showPath(path)} ${what}`;
  }
}

/** `servers.net.remoteport[0].rootport` */
function showPath(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

function inOrder(entries: readonly Entry[]): string[] {
  return entries.toSorted((a, b) => a.line - b.line).map((entry) => entry.text);
}
