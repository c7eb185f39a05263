/** A command run against a master that answers as a test says. */
import { resolve } from 'node:path';
import { run } from '../../src/management/program';
import type { Screen } from '../../src/management/terminal';
import type { WebHandler, WebMethod } from '../../src/web/routes';
import { WebServer } from '../../src/web/server';
import { keptLog } from '../helpers/log';

const CONFIG = resolve(__dirname, '../../config.json');

export type Routes = Readonly<Record<string, WebHandler>>;

export interface Ran {
  readonly exit: number;
  readonly out: readonly string[];
  readonly errors: readonly string[];
}

/** @param routes by method and path: `POST /stop` */
export async function runWith(routes: Routes, args: readonly string[], screen?: Screen): Promise<Ran> {
  const web = new WebServer({ log: keptLog().log, hosts: [] });
  for (const [key, handler] of Object.entries(routes)) {
    const [method = 'GET', path = '/'] = key.split(' ');
    web.route(method as WebMethod, path, handler);
  }
  const env = { FIREFLY_URL: `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}` };
  try {
    return await runAlone(['--config', CONFIG, ...args], env, screen);
  } finally {
    await web.close();
  }
}

/** Runs one that asks nobody. */
export async function runAlone(args: readonly string[], env: NodeJS.ProcessEnv = {}, screen?: Screen): Promise<Ran> {
  const out: string[] = [];
  const errors: string[] = [];
  const exit = await run(args, { env, print: (line) => void out.push(line), complain: (line) => void errors.push(line), screen });
  return { exit, out, errors };
}
