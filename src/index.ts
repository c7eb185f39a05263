/** The public API of firefly-ts, name by name. What is not here is internal and may change. */

export { MAdminManager } from './dbentrust/madminanager';
export type { MMode } from './dbentrust/mmode';
export type { Migration, Row, SqlResult, SqlValue } from './dbentrust/sql/store';
export type { Child } from './distributed/child';
export * from './errors';
export type { Logger } from './log/log';
export { Master } from './master/start';
export type { Connection } from './netconnect/connection';
export { DataPackProtoc } from './netconnect/datapack';
export { db, MAdmin, migrate } from './server/dataface';
export { GlobalObject } from './server/globalobject';
export {
  localserviceHandle,
  masterserviceHandle,
  netserviceHandle,
  remoteserviceHandle,
  rootserviceHandle,
  webserviceHandle,
} from './server/handles';
export { after, every, onStart, onUnload, state } from './server/lifecycle';
export { FFServer } from './server/process';
export { childOf, remoteOf } from './server/proxies';
export { sessions } from './server/sessionaccess';
export type { Session } from './server/sessions';
export { CommandService } from './services/commandservice';
export { Service } from './services/service';
export { SessionQueue } from './services/sessionqueue';
export type { WebRequest } from './web/request';
