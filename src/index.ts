/** The public API of firefly-ts, name by name. What is not here is internal and may change. Migrations are written with `firefly-ts/sql`. */

export { MAdminManager } from './dbentrust/face/madminanager';
export type { MFKMode, MMode } from './dbentrust/face/mmode';
export type { Transaction, TransactionOptions } from './dbentrust/face/transaction';
export type { PkValue } from './dbentrust/port';
export type { Migration, Row, SqlResult, SqlValue } from './dbentrust/sql/store';
export type { Child } from './distributed/child';
export type { Drain } from './distributed/drain';
export type { ChildsManager } from './distributed/manager';
export type { RemoteObject } from './distributed/node';
export type { PBRoot } from './distributed/root';
export {
  BadFrame,
  ConfigError,
  Conflict,
  Deadline,
  DuplicateTarget,
  FireflyError,
  JournalDown,
  JournalFull,
  LeaseHeld,
  LeaseLost,
  MemConnError,
  NoSuchRow,
  NoSuchTarget,
  NotManaged,
  OperationRefused,
  PeerDown,
  PKValueError,
  QueryRefused,
  QueueFull,
  ReloadFailed,
  RemoteError,
  Replaced,
  RowLocked,
  RowRefused,
  SqlRefused,
  StartFailed,
  StoreDown,
  TooLarge,
  TransactionTooLarge,
  Unauthorized,
} from './errors';
export type { Logger } from './log/log';
export { Master } from './master/start';
export type { Connection } from './netconnect/connection';
export { DataPackProtoc, type DataProtocol } from './netconnect/datapack';
export type { LiberateFactory } from './netconnect/factory';
export type { ConnectionManager } from './netconnect/manager';
export { db, defineTable, MAdmin, MemObject, migrate, type TableOptions, transaction } from './server/dataface';
export { GlobalObject } from './server/globalobject';
export {
  localserviceHandle,
  masterserviceHandle,
  netserviceHandle,
  remoteserviceHandle,
  rootserviceHandle,
  webserviceHandle,
} from './server/handles';
export type { Lease } from './server/leases/lease';
export type { AcquireOptions, Leases } from './server/leases/leases';
export { after, every, onLoad, onStart, onUnload, state } from './server/lifecycle';
export { FFServer } from './server/process/process';
export { childOf, remoteOf, rootOf, roots } from './server/proxies';
export { pushObject } from './server/sessions/push';
export { leases, sessions } from './server/sessions/sessionaccess';
export type { Session } from './server/sessions/sessions';
export type { SessionEnd } from './server/sessions/sessionwire';
export { CommandService } from './services/commandservice';
export { Service } from './services/service';
export { SessionQueue } from './services/sessionqueue';
export type { WebRequest } from './web/request';
