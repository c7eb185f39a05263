/** The defaults table: what a cluster runs with when its config is silent. docs/config.md shows the same numbers. */
import type { Limits, Supervise } from './config';

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_LIMITS: Limits = {
  rpcDeadlineMs: 10_000,
  rpcInFlight: 65_536,
  rpcQueuedBytes: 32 * MIB,
  rpcFrameBytes: 16 * MIB,
  handshakeMs: 5_000,
  heartbeatMs: 2_000,
  deadAfterMs: 5_000,
  redialMinMs: 50,
  redialMaxMs: 5_000,
  payloadBytes: 64 * KIB,
  connections: 20_000,
  connectionsPerAddress: 200,
  framesPerSecond: 200,
  inFlightPerConnection: 64,
  unsentBytes: MIB,
  firstFrameMs: 10_000,
  idleMs: 0,
  pingMs: 30_000,
  flushIntervalMs: 1_000,
  flushRows: 500,
  dirtyRows: 1_000_000,
  transactionRows: 5_000,
  journalBytes: 1024 * MIB,
  journalSegmentBytes: 64 * MIB,
  journalKeepMs: 86_400_000,
  journalKeepBytes: 8_192 * MIB,
  sqlMs: 30_000,
  memMs: 500,
  cacheLeaseMs: 1_000,
  leaseMs: 30_000,
  leases: 250_000,
  hangMs: 10_000,
  holdMs: 4_000,
  heldCalls: 32_768,
  heldBytes: 16 * MIB,
  drainMs: 60_000,
};

export const DEFAULT_SUPERVISE: Supervise = {
  restart: 'permanent',
  intensity: 5,
  periodMs: 60_000,
  backoffMinMs: DEFAULT_LIMITS.redialMinMs,
  backoffMaxMs: DEFAULT_LIMITS.redialMaxMs,
  onGiveUp: 'report',
  readyMs: 30_000,
  shutdownMs: 10_000,
  withoutMaster: 'stop',
  start: 'master',
};
