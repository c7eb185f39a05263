/** The programs of other people that tests and benchmarks run, installed when missing. */
import { findProgram, installPackages } from './packages';

export interface Programs {
  /** mariadbd, or mysqld where that is what there is. */
  readonly server: string;
  /** mariadb-install-db; undefined with Oracle's server, which initialises itself. */
  readonly installDb: string | undefined;
  readonly memcached: string;
  /** The C compiler that the benchmark's load programs are built with. */
  readonly compiler: string;
  /** The program `ip`, with which tests make networks of their own. */
  readonly network: string;
}

/**
 * Finds the servers, installing Debian's packages when they are missing and this user may.
 *
 * @throws Error with the one command to run, when it may not or that failed
 */
export function ensureInstalled(): Programs {
  let programs = findPrograms();
  if (isComplete(programs)) return programs;
  const missing = [
    ...(programs.server ? [] : ['mariadb-server']),
    ...(programs.memcached ? [] : ['memcached']),
    ...(programs.compiler ? [] : ['gcc', 'libc6-dev']),
    ...(programs.network ? [] : ['iproute2']),
  ];
  const command = installPackages(missing);
  programs = findPrograms();
  if (isComplete(programs)) return programs;
  throw new Error(`the tests need ${missing.join(', ')}. Run: ${command}   (without them: npm run test:embedded)`);
}

function findPrograms(): Partial<Programs> & { installDb: string | undefined } {
  const server = findProgram('mariadbd') ?? findProgram('mysqld');
  const memcached = findProgram('memcached');
  const compiler = findProgram('cc');
  const network = findProgram('ip');
  return {
    ...(server ? { server } : {}),
    ...(memcached ? { memcached } : {}),
    ...(compiler ? { compiler } : {}),
    ...(network ? { network } : {}),
    installDb: findProgram('mariadb-install-db'),
  };
}

function isComplete(programs: ReturnType<typeof findPrograms>): programs is Programs {
  const { server, memcached, compiler, network } = programs;
  return [server, memcached, compiler, network].every((path) => path !== undefined);
}
