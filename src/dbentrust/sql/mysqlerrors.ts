/** What a failure of mysql2 or of the server means to a caller: `StoreDown` with the fix, or `SqlRefused` with its kind. */
import type { DbConfig } from '../../config/config';
import { FireflyError, SqlRefused, StoreDown } from '../../errors';

interface DriverError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly fatal?: boolean;
}

/** Code of the error with which the store itself gives up on a statement. */
export const STATEMENT_TIMEOUT = 'STATEMENT_TIMEOUT';

const UNIQUE = new Set([1062, 1169, 1586]);
const VALUE = new Set([1048, 1138, 1263, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 3140, 3141, 3156]);
const CONSTRAINT = new Set([1216, 1217, 1451, 1452, 1557, 1761, 1762, 3819, 4025]);
const CONFLICT = new Set([1205, 1213, 1020, 1637]);
/** The server is there and will not serve: stopping, full, read only, out of disk. */
const UNAVAILABLE = new Set([
  1021, 1040, 1053, 1114, 1129, 1130, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317, 1836, 1927, 3024, 1969,
]);
const NO_ACCESS = new Set([1044, 1045, 1698]);
const NO_DATABASE = 1049;

export function isUnknownDatabase(error: unknown): boolean {
  return (error as DriverError | undefined)?.errno === NO_DATABASE;
}

/** True when the connection that failed so must not be used again. */
export function breaksConnection(error: unknown): boolean {
  const { errno, fatal } = error as DriverError;
  return fatal === true || errno === undefined || errno < 0 || errno === 1053 || errno === 1927;
}

/**
 * @param sent whether the statement can have reached the server
 * @returns the error to throw, with the driver's as its cause
 */
export function mysqlError(error: unknown, config: DbConfig, sent: boolean): FireflyError | TypeError {
  if (error instanceof FireflyError || error instanceof TypeError) return error;
  const { errno, fatal, code, message } = error as DriverError;
  const refused = errno !== undefined && errno > 0 && fatal !== true;
  if (refused && UNIQUE.has(errno)) return new SqlRefused('unique', message, { cause: error });
  if (refused && VALUE.has(errno)) return new SqlRefused('value', message, { cause: error });
  if (refused && CONSTRAINT.has(errno)) return new SqlRefused('constraint', message, { cause: error });
  if (refused && CONFLICT.has(errno)) return new SqlRefused('conflict', message, { cause: error });
  if (refused && !UNAVAILABLE.has(errno) && !NO_ACCESS.has(errno) && errno !== NO_DATABASE)
    return new SqlRefused('other', message, { cause: error });
  return new StoreDown(`${describeTarget(config)}: ${message}; ${fix(errno, code, config)}`, {
    cause: error,
    maybeExecuted: sent,
  });
}

/** Who is connected to where, without the password. */
export function describeTarget(config: DbConfig): string {
  return `MySQL ${config.user}@${config.host}:${config.port}/${config.database}`;
}

function fix(errno: number | undefined, code: string | undefined, config: DbConfig): string {
  if (errno === NO_DATABASE || errno === 1044) {
    return `create it as a user who may: CREATE DATABASE \`${config.database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; GRANT ALL ON \`${config.database}\`.* TO '${config.user}'@'%'`;
  }
  if (errno !== undefined && NO_ACCESS.has(errno)) return 'correct user and passwd in section "db" of the config';
  if (code === STATEMENT_TIMEOUT) return 'the server hangs, or limits.sqlMs is too short for this statement';
  if (code === 'ENOTFOUND' || code === 'ECONNREFUSED' || code === 'ETIMEDOUT')
    return 'start the server, or correct host and port in section "db" of the config';
  return "the server's own log says why";
}
