/** Runs npm: the one that runs us, else the one of the PATH. */
import { spawnSync } from 'node:child_process';

/** What npm told the command that it runs, and what must not be taken as said to another npm. */
const NOT_INHERITED = ['npm_config_package', 'npm_config_call', 'npm_config_global', 'npm_config_workspace', 'npm_config_workspaces'];

export interface NpmResult {
  readonly ok: boolean;
  /** Both of its outputs. */
  readonly output: string;
}

export function runNpm(args: readonly string[], cwd: string): NpmResult {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_INHERITED.includes(name)));
  const script = process.env.npm_execpath;
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script);
  const [command, first] = isNpm ? [process.execPath, [script]] : ['npm', []];
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // The npm of Windows is a script of its shell.
    shell: !isNpm && process.platform === 'win32',
  });
  return { ok: status === 0, output: error ? `npm: ${error.message}` : `${stdout}${stderr}` };
}
