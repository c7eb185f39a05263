/** What the environment says about a cluster: `FIREFLY_PORT_OFFSET`, `FIREFLY_DATA_DIR`, `FIREFLY_SECRET`. An empty variable is one that is not set. */
import { join, resolve } from 'node:path';
import type { Draft } from './draft';
import type { Problems } from './problems';

/** Below it a secret that is heard on the network can be guessed. */
const SHORT_SECRET = 16;

/** @returns what is added to every port the cluster listens on; 0 when it is not set or wrong */
export function portOffset(env: NodeJS.ProcessEnv, problems: Problems): number {
  const given = env.FIREFLY_PORT_OFFSET;
  if (!given) return 0;
  const offset = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (offset <= 65_535) return offset;
  problems.errorInEnvironment(
    'FIREFLY_PORT_OFFSET',
    `is ${JSON.stringify(given)} and must be a whole number from 0 to 65535; correct it or unset it`,
  );
  return 0;
}

/** @returns the absolute folder of the cluster's files */
export function dataFolder(env: NodeJS.ProcessEnv, configDir: string): string {
  return env.FIREFLY_DATA_DIR ? resolve(env.FIREFLY_DATA_DIR) : join(configDir, 'data');
}

/** @returns the configured secret, the environment's before the file's */
export function configuredSecret(env: NodeJS.ProcessEnv, file: Draft['file'], problems: Problems): string | undefined {
  const fromFile = file.values.secret;
  const fromEnv = env.FIREFLY_SECRET || undefined;
  if (fromEnv !== undefined && fromFile !== undefined && fromEnv !== fromFile) {
    problems.warn(['secret'], 'is not used: FIREFLY_SECRET in the environment differs and goes before it');
  }
  const secret = fromEnv ?? fromFile;
  if (secret !== undefined && secret.length < SHORT_SECRET) {
    problems.warn(
      ['secret'],
      `${secret === fromEnv ? '(from FIREFLY_SECRET) ' : ''}is shorter than ${SHORT_SECRET} characters; take a longer one, such as the output of: openssl rand -hex 32`,
    );
  }
  return secret;
}
