/** The `firefly` command as an operator types it. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';

const COMMAND = join(resolve(__dirname, '../..'), 'src/management/firefly.js');

export interface CommandResult {
  readonly exit: number;
  readonly text: string;
}

/** @param env what tells it which cluster: `cluster.environment`, or another `FIREFLY_DATA_DIR` */
export function firefly(config: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<CommandResult> {
  return new Promise((done) => {
    execFile(process.execPath, [COMMAND, '--config', config, ...args], { env: { ...process.env, ...env } }, (error, out, err) => {
      done({ exit: error ? Number(error.code ?? -1) : 0, text: `${out}${err}` });
    });
  });
}
