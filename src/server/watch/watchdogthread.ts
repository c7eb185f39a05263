/**
 * The watchdog's thread. It looks at the main thread's beat; when that stands still it says where, and kills the process.
 *
 * Time is counted in ticks of a timer, not by the clock: a process that was itself stopped as a whole, or a machine that slept, is no hang.
 * It writes without waiting for anybody: whoever reads the log may stand still too.
 */
import { appendFileSync, write } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import { formatLine } from '../../log/format';
import { describeFrames, type Standing } from './hangstack';

/** What the main thread hands over. */
export interface WatchdogData {
  /** The beat, and whether the main thread is excused. */
  readonly shared: Int32Array;
  readonly hangMs: number;
  readonly tickMs: number;
  readonly node: string;
  /** The node's log file. */
  readonly file?: string | undefined;
  /** Standard error is read by a person. */
  readonly text: boolean;
}

export const BEAT = 0;
export const EXCUSED = 1;

/** A thread that runs JavaScript pauses at once; one that does not is in a system call, or in a native function. */
const PAUSE_MS = 1_000;
const WRITE_MS = 500;
const STDERR = 2;

function watch(data: WatchdogData): void {
  const { shared, hangMs, tickMs } = data;
  let seen = 0;
  let stillMs = 0;
  const timer = setInterval(() => {
    const beat = Atomics.load(shared, BEAT);
    const isFine = beat !== seen || Atomics.load(shared, EXCUSED) !== 0;
    seen = beat;
    stillMs = isFine ? 0 : stillMs + tickMs;
    if (stillMs < hangMs) return;
    clearInterval(timer);
    whereItStands((standing) => {
      // It may have come back at the last moment.
      if (Atomics.load(shared, BEAT) === seen) say(data, standing, () => process.kill(process.pid, 'SIGKILL'));
      else watch(data);
    });
  }, tickMs);
}

/** @param done called once; without a standing when the thread could not be paused */
function whereItStands(done: (standing?: Standing) => void): void {
  const urls = new Map<string, string>();
  const session = new Session();
  const finish = (standing?: Standing) => {
    clearTimeout(timer);
    session.disconnect();
    done(standing);
  };
  const timer = setTimeout(finish, PAUSE_MS);
  try {
    session.connectToMainThread();
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    session.once('Debugger.paused', ({ params }: { params: Debugger.PausedEventDataType }) =>
      finish(describeFrames(params.callFrames, urls)),
    );
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  } catch {
    // A Node built without the inspector; the deadline ends the attempt.
  }
}

function say({ hangMs, node, file, text }: WatchdogData, standing: Standing | undefined, done: () => void): void {
  const where = standing?.place ? `it was at ${standing.place}` : 'where cannot be told: it was in a system call or in native code';
  const msg = `the event loop stood still for ${hangMs} ms (limit hangMs): ${where}; the process is killed`;
  const error = standing && { type: 'Hang', message: msg, stack: `Where the event loop stood still\n${standing.stack}` };
  const time = new Date().toISOString();
  const line = JSON.stringify({ level: 'fatal', time, node, pid: process.pid, event: 'hang', ...(error ? { error } : {}), msg });
  if (file) {
    try {
      appendFileSync(file, `${line}\n`);
    } catch {
      // Its disk may be full; the line below is left.
    }
  }
  const timer = setTimeout(done, WRITE_MS);
  write(STDERR, `${text ? formatLine(line) : line}\n`, () => {
    clearTimeout(timer);
    done();
  });
}

if (workerData) watch(workerData as WatchdogData);
