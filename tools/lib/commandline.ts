/** The command line of a tool: its options read and checked, a wrong one refused with what there is, and the exit code of what it did. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../../src/thrown';

/** What was typed cannot be used; the message has what there is. */
export class WrongUsage extends Error {}

export class CommandLine {
  readonly #usage: string;

  /** @param usage what there is, as `usage: …` */
  constructor(usage: string) {
    this.#usage = usage;
  }

  /** @throws WrongUsage for an option that is none */
  values<const O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O) {
    try {
      return parseArgs({ args: [...args], options }).values;
    } catch (error) {
      throw this.wrong(messageOf(error), error);
    }
  }

  /** @throws WrongUsage */
  oneOf<T extends string>(name: string, known: readonly T[], given: string): T {
    const found = known.find((one) => one === given);
    if (found === undefined) throw this.wrong(`--${name} is ${given} and must be one of ${known.join(', ')}`);
    return found;
  }

  /** @throws WrongUsage */
  whole(name: string, text: string, least: number): number {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw this.wrong(`--${name} is ${text} and must be a whole number from ${least}`);
  }

  /** @throws WrongUsage */
  above0(name: string, text: string): number {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value > 0) return value;
    throw this.wrong(`--${name} is ${text} and must be a number above 0`);
  }

  /** A seed is drawn when none is given. @throws WrongUsage */
  seed(text: string | undefined): number {
    return text === undefined ? Math.floor(Math.random() * 2 ** 31) : this.whole('seed', text, 0);
  }

  /** The error for whatever else is wrong about it. */
  wrong(what: string, cause?: unknown): WrongUsage {
    return new WrongUsage(`${what}\n${this.#usage}`, { cause });
  }
}

/** Runs a tool. Its exit code is what `main` gives, or 2 when it throws; the stack is for faults, not for who mistyped. */
export function runTool(main: (args: readonly string[]) => Promise<number>): void {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const isFault = error instanceof Error && !(error instanceof WrongUsage);
      process.stderr.write(`${isFault ? (error.stack ?? error.message) : messageOf(error)}\n`);
      process.exitCode = 2;
    },
  );
}
