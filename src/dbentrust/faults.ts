/**
 * Switches that make a process die, freeze or fail at a named point, for tests of what is promised after that.
 *
 *   FIREFLY_FAULT=journal.synced:3:kill             SIGKILL to itself when it gets there for the third time
 *   FIREFLY_FAULT=flush.written:1:freeze            SIGSTOP; goes on after SIGCONT
 *   FIREFLY_FAULT=writer.cached:1:throw             an Error
 *   FIREFLY_FAULT=journal.written:2:delay=500       the whole process stands still for that many ms
 *   FIREFLY_FAULT=journal=powercut,journal=nosync   a file layer that forgets what was not synced; a journal that does not sync
 *
 * Several by comma. When the variable is not set a point costs one look at a boolean.
 */

/** Every point, in the order in which a change passes them; the last is passed by what leaves the quarantine. */
export const FAULT_POINTS = [
  'journal.claimed',
  'journal.copied',
  'journal.opened',
  'journal.appended',
  'journal.written',
  'journal.synced',
  'journal.rotated',
  'writer.cached',
  'writer.acknowledged',
  'flush.begun',
  'flush.written',
  'flush.committed',
  'journal.truncated',
  'flush.thawed',
] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];

interface Fault {
  /** Passes of the point that are left before it happens. */
  left: number;
  readonly action: string;
}

const ACTION = /^(kill|freeze|throw|delay=\d+)$/;
const LAYERS = new Set(['powercut', 'nosync']);

const layers = new Set<string>();
const faults = new Map<string, Fault>();
for (const spec of (process.env.FIREFLY_FAULT ?? '').split(',')) if (spec) arm(spec);
const armed = faults.size > 0;

/** A point where a test may make the process fail. */
export function faultPoint(point: FaultPoint): void {
  if (armed) pass(point);
}

/** The same, when what this turn of the event loop has to say is on its way. */
export function faultPointLater(point: FaultPoint): void {
  if (armed) setImmediate(() => setImmediate(() => pass(point)));
}

/** Whether the files of the journal are wrapped in that test layer. */
export function journalLayer(layer: 'powercut' | 'nosync'): boolean {
  return layers.has(layer);
}

function arm(spec: string): void {
  const [layer] = /(?<=^journal=).*/.exec(spec) ?? [];
  if (layer !== undefined && LAYERS.has(layer)) {
    layers.add(layer);
    return;
  }
  const [point = '', nth = '', action = ''] = spec.split(':');
  if (!FAULT_POINTS.some((known) => known === point) || !/^[1-9]\d*$/.test(nth) || !ACTION.test(action)) {
    throw new TypeError(
      `FIREFLY_FAULT: ${spec} is not POINT:NTH:kill|freeze|throw|delay=MS, journal=powercut or journal=nosync; points: ${FAULT_POINTS.join(', ')}`,
    );
  }
  faults.set(point, { left: Number(nth), action });
}

function pass(point: FaultPoint): void {
  const fault = faults.get(point);
  if (!fault || --fault.left !== 0) return;
  if (fault.action === 'throw') throw new Error(`FIREFLY_FAULT at ${point}`);
  if (fault.action === 'kill') process.kill(process.pid, 'SIGKILL');
  else if (fault.action === 'freeze') process.kill(process.pid, 'SIGSTOP');
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(fault.action.slice('delay='.length)));
}
