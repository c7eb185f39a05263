/** How the build of a cluster under work stands, as the development tool tells it: for the console page. */

export interface BuildReport {
  readonly ok: boolean;
  readonly errors: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}

/** More are counted by nobody, and read by nobody. */
const MOST_ERRORS = 100;
const MOST_CHARACTERS = 1_000;

/** @returns the report as it is shown. @throws TypeError saying what is wrong with it */
export function readBuildReport(text: string): BuildReport {
  const { ok, errors } = asObject(JSON.parse(text));
  if (typeof ok !== 'boolean' || !Array.isArray(errors)) throw new TypeError('a build is { ok: boolean, errors: [] }');
  return {
    ok,
    errors: errors.slice(0, MOST_ERRORS).map((error: unknown) => {
      const { file, line, message } = asObject(error);
      if (typeof file !== 'string' || !Number.isInteger(line) || typeof message !== 'string')
        throw new TypeError('an error of a build is { file: string, line: number, message: string }');
      return { file: file === '' ? '' : file.slice(0, MOST_CHARACTERS), line: Number(line), message: message.slice(0, MOST_CHARACTERS) };
    }),
  };
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError('a build is a JSON object');
  return value as Record<string, unknown>;
}
