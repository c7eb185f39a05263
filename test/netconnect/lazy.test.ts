import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';

/** What of ws, http and tls a fresh process has loaded after a front opened a port. */
function loadedWith(options: string): string[] {
  const file = (path: string) => JSON.stringify(join(__dirname, '../../src', path));
  const code = `
    const { LiberateFactory } = require(${file('netconnect/factory.js')});
    const { DEFAULT_LIMITS: limits } = require(${file('config/defaults.js')});
    const { Metrics } = require(${file('metrics/metrics.js')});
    const before = new Set(process.moduleLoadList);
    (async () => {
      const factory = new LiberateFactory({ log: {}, limits, metrics: new Metrics('net'), nextId: () => 0 });
      await factory.listen(0, '127.0.0.1', ${options});
      await factory.close(0);
      const packages = Object.keys(require.cache).filter((path) => /node_modules.ws./.test(path)).length ? ['ws'] : [];
      const builtIn = ['http', 'tls'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name) && !before.has('NativeModule ' + name));
      console.log(JSON.stringify([...packages, ...builtIn]));
    })();`;
  return JSON.parse(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' })) as string[];
}

describe('a port', () => {
  it('for plain TCP, with a proxy or without, loads neither ws nor http nor tls', () => {
    assert.deepEqual(loadedWith('{}'), []);
    assert.deepEqual(loadedWith('{ proxyProtocol: true }'), []);
  });

  it('for WebSocket loads ws', () => {
    assert.ok(loadedWith('{ webSocket: true }').includes('ws'));
  });
});
