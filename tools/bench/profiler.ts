/**
 * Loaded into each process of a cluster before everything else: the first SIGUSR2 starts a CPU profile, the next one writes it.
 *
 * `FIREFLY_BENCH_PROFILE` is the folder; a file is named after the node. See profile.ts.
 */
import { writeFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { join } from 'node:path';

const folder = process.env.FIREFLY_BENCH_PROFILE;
/** Between samples, in microseconds. */
const INTERVAL_US = 200;

function profileOnSignal(into: string): void {
  const session = new Session();
  let isOn = false;
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  process.on('SIGUSR2', () => {
    isOn = !isOn;
    if (isOn) {
      session.post('Profiler.start');
      return;
    }
    session.post('Profiler.stop', (error: Error | null, result: Profiler.StopReturnType) => {
      if (error) throw error;
      writeFileSync(join(into, `${process.argv[2] ?? 'master'}.cpuprofile`), JSON.stringify(result.profile));
    });
  });
}

if (folder) profileOnSignal(folder);
