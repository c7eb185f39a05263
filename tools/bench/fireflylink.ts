/**
 * The framework's RPC between two processes, as nodes use it: a root and a leaf with default limits, authentication and metrics.
 *
 *   node fireflylink.js serve | call PORT      forked, see peer.ts
 */
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { RemoteObject } from '../../src/distributed/node';
import { PBRoot } from '../../src/distributed/root';
import { openLog } from '../../src/log/log';
import { Metrics } from '../../src/metrics/metrics';
import { Service } from '../../src/services/service';
import { type CallLoad, callInLoop, type Echo } from './calls';
import { serve } from './peer';

const LINK_MS = 5_000;

const shared = (name: string) => ({
  name,
  secret: 'both sides of the benchmark know it',
  limits: DEFAULT_LIMITS,
  log: openLog({ node: name, level: 'warn' }),
  metrics: new Metrics(name),
});

function answering(): Promise<number> {
  const service = new Service<string>('gate');
  service.mapTarget(function echo(_dynamicId: unknown, data: unknown) {
    return data;
  });
  const root = new PBRoot(shared('gate'));
  root.addServiceChannel(service);
  return root.listen(0, '127.0.0.1');
}

async function calling(port: number): Promise<Echo> {
  const leaf = new RemoteObject({ ...shared('net'), root: 'gate', epoch: () => 1 });
  leaf.connect({ host: '127.0.0.1', port });
  await leaf.whenUp(LINK_MS);
  return (dynamicId, data) => leaf.callRemote('echo', dynamicId, data);
}

let echo: Echo | undefined;

serve(
  async ([role, port]) => {
    if (role === 'serve') return answering();
    echo = await calling(Number(port));
    return 0;
  },
  (load) => {
    if (!echo) throw new Error('this side does not call');
    return callInLoop(echo, load as CallLoad);
  },
);
