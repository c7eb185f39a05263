/** A node's share of a reload, with real modules that use the real handles. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { PBRoot } from '../../../src/distributed/root';
import { ReloadFailed } from '../../../src/errors';
import { CallBatches } from '../../../src/metrics/callbatches';
import { GlobalObject } from '../../../src/server/globalobject';
import type { Prepared, ReloadOrder } from '../../../src/server/nodewire';
import { Generation } from '../../../src/server/reload/generation';
import { Reloader } from '../../../src/server/reload/reload';
import { waitFor } from '../../../tools/lib/wait';
import { keptLog } from '../../helpers/log';
import { Project } from '../../helpers/project';
import { silentLog } from '../../helpers/services';

const globals = GlobalObject();
const { log, lines } = keptLog();

/** The modules write down what happens to them. */
const happened: string[] = [];
(globalThis as { happened?: string[] }).happened = happened;

let project: Project;
let reloader: Reloader;
let calls: CallBatches;

beforeEach(() => {
  globals.root = new PBRoot({ name: 'gate', secret: 'secret of a test', limits: DEFAULT_LIMITS, log: silentLog() });
  globals.node.generation = new Generation();
  calls = new CallBatches();
  reloader = new Reloader({ globals, dir: '/', log, calls, callsMs: 5_000 });
});

afterEach(async () => {
  await reloader.close();
  globals.node.states.clear();
  globals.stophandler = undefined;
  globals.root = undefined;
  happened.length = 0;
  project[Symbol.dispose]();
});

function start(files: Readonly<Record<string, string>>, reload?: string): void {
  project = new Project(files);
  reloader.start(project.path('app/main'), reload && project.path(reload));
  globals.node.generation.start();
}

const edit = (file: string, text: string) => project.edit(file, text, { build: true });
const call = (name: string, ...args: unknown[]) => globals.root?.service.callTarget(name as never, ...(args as never[]));

const order: ReloadOrder = { id: 'one', game: undefined, prepareMs: 5_000, keepMs: 60_000 };
const commit = () => reloader.commit('one').codeVersion;

async function prepared(changes: Partial<ReloadOrder> = {}): Promise<Prepared & { ok: true }> {
  const outcome = await reloader.prepare({ ...order, ...changes });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome;
}

async function refused(changes: Partial<ReloadOrder> = {}) {
  const outcome = await reloader.prepare({ ...order, ...changes });
  assert.ok(!outcome.ok);
  return outcome.failures;
}

const MAIN = `
import { rootserviceHandle } from 'firefly-ts';
import { text } from './text';
rootserviceHandle(function hello() { return text; });
`;

describe('a full reload', () => {
  it('changes nothing until it is committed, and everything then', async () => {
    start({ 'app/main.ts': MAIN, 'app/text.ts': "export const text = 'one';" });
    const version = reloader.codeVersion;
    edit('app/text.ts', "export const text = 'two';");
    const { codeVersion } = await prepared();
    assert.equal(call('hello'), 'one');
    assert.equal(reloader.codeVersion, version);
    assert.equal(commit(), codeVersion);
    assert.equal(call('hello'), 'two');
    assert.equal(reloader.codeVersion, codeVersion);
    assert.throws(() => commit(), ReloadFailed);
  });

  it('takes a new file, and lets go of one that was deleted or moved', async () => {
    start({ 'app/main.ts': MAIN, 'app/text.ts': "export const text = 'one';" });
    edit('app/other.ts', "export const text = 'other';");
    edit('app/main.ts', MAIN.replace('./text', './other'));
    for (const kind of ['ts', 'js', 'js.map']) rmSync(project.path(`app/text.${kind}`));
    await prepared();
    commit();
    assert.equal(call('hello'), 'other');
    edit('app/other/index.ts', "export const text = 'moved';");
    rmSync(project.path('app/other.js'));
    await prepared();
    commit();
    assert.equal(call('hello'), 'moved');
    rmSync(project.path('app/other/index.js'));
    const [failure] = await refused();
    assert.equal(failure?.file, project.path('app/main.ts'));
    assert.equal(failure?.line, 3);
    assert.match(failure?.message ?? '', /Cannot find module '\.\/other'/);
    assert.equal(call('hello'), 'moved');
  });

  it('names both places of a name that is registered twice', async () => {
    start({ 'app/main.ts': MAIN, 'app/text.ts': "export const text = 'one';" });
    edit('app/main.ts', `${MAIN}\n\nrootserviceHandle(function hello() { return 'again'; });\n`);
    const [failure] = await refused();
    assert.equal(failure?.line, 7);
    assert.match(failure?.message ?? '', /hello is registered twice, at .*main\.ts:4 and at .*main\.ts:\d+/);
    assert.equal(call('hello'), 'one');
  });

  it('takes hooks back that the new code does not set', async () => {
    start({
      'app/main.ts': `
import { GlobalObject } from 'firefly-ts';
GlobalObject().stophandler = () => 'old';
const { root } = GlobalObject();
if (root) root.doChildConnect = () => {};
`,
    });
    const hook = globals.root?.doChildConnect;
    edit('app/main.ts', "import 'firefly-ts';");
    await prepared();
    assert.equal(globals.stophandler?.(), 'old');
    assert.equal(globals.root?.doChildConnect, hook);
    commit();
    assert.equal(globals.stophandler, undefined);
    assert.notEqual(globals.root?.doChildConnect, hook);
  });

  it('ends the timers and runs the onUnload hooks of the old code at the commit, whatever the hooks do', async () => {
    const code = (name: string, ending: string) => `
import { every, onUnload } from 'firefly-ts';
every(1, () => happened.push('tick ${name}'));
onUnload(() => { happened.push('unload ${name}'); ${ending} });
declare const happened: string[];
`;
    start({ 'app/main.ts': code('old', "throw new Error('unload fails');") });
    await waitFor(() => happened.includes('tick old'), 'tick');
    edit('app/main.ts', code('new', ''));
    await prepared();
    const ticks = happened.length;
    await waitFor(() => happened.length > ticks + 1, 'more ticks');
    assert.ok(!happened.includes('tick new') && !happened.includes('unload old'));
    commit();
    happened.length = 0;
    await waitFor(() => happened.includes('tick new'), 'tick of the new code');
    assert.ok(!happened.includes('tick old'));
    await waitFor(() => lines.some(({ msg }) => msg === 'an onUnload hook failed'), 'log line');
  });
});

describe('a load that is given up', () => {
  const STATEFUL = `
import { every, onUnload, state } from 'firefly-ts';
declare const happened: string[];
every(1, () => happened.push('tick'));
onUnload(() => happened.push('unload'));
state('new', () => ({ from: 'the load' }));
`;

  it('leaves no timer, no hook and no state behind when it fails', async () => {
    start({ 'app/main.ts': "import { state } from 'firefly-ts';\nstate('kept', () => ({ count: 7 }));" });
    edit('app/main.ts', `${STATEFUL}\nthrow new Error('broken');`);
    const [failure] = await refused();
    assert.deepEqual([failure?.line, failure?.message], [8, 'Error: broken']);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(happened, []);
    assert.deepEqual([...globals.node.states.keys()], ['kept']);
  });

  it('is forgotten the same when nobody commits it, and what the running code made meanwhile stays', async () => {
    start({ 'app/main.ts': "import { state } from 'firefly-ts';\nstate('kept', () => ({}));" });
    edit('app/main.ts', STATEFUL);
    await prepared();
    globals.node.states.set('meanwhile', {});
    reloader.abort('one', 'a test');
    assert.deepEqual([...globals.node.states.keys()], ['kept', 'meanwhile']);
    assert.throws(() => commit(), /nothing is prepared here/);
  });

  it('gives way to the next try', async () => {
    start({ 'app/main.ts': MAIN, 'app/text.ts': "export const text = 'one';" });
    edit('app/text.ts', "export const text = 'two';");
    await prepared();
    edit('app/text.ts', "export const text = 'three';");
    await prepared();
    commit();
    assert.equal(call('hello'), 'three');
  });
});

describe('a reload of a part of the modules', () => {
  const FILES = {
    'app/main.ts': `
import { GlobalObject, rootserviceHandle, every } from 'firefly-ts';
import './handlers';
GlobalObject().stophandler = () => 'of main';
rootserviceHandle(function fixed() { return 'fixed'; });
`,
    'app/handlers.ts': `
import { rootserviceHandle } from 'firefly-ts';
rootserviceHandle(function hello() { return 'one'; });
`,
  };

  it('keeps what the other modules registered, and renews its own', async () => {
    start(FILES, 'app/handlers');
    const { codeVersion } = reloader;
    edit('app/handlers.ts', FILES['app/handlers.ts'].replace('one', 'two').replace('hello', 'hello2'));
    await prepared();
    commit();
    assert.equal(call('fixed'), 'fixed');
    assert.equal(call('hello2'), 'two');
    assert.throws(() => call('hello'), /has no target hello/);
    assert.equal(globals.stophandler?.(), 'of main');
    assert.notEqual(reloader.codeVersion, codeVersion);
  });

  it('leaves alone what it does not load: an edit there is neither run nor in the version', async () => {
    start(FILES, 'app/handlers');
    const { codeVersion } = reloader;
    edit('app/main.ts', "throw new Error('not for now');");
    assert.equal((await prepared()).codeVersion, codeVersion);
    commit();
    assert.equal(call('fixed'), 'fixed');
    assert.equal(call('hello'), 'one');
  });

  it('leaves the timers of the other modules running', async () => {
    start(
      {
        ...FILES,
        'app/main.ts': `${FILES['app/main.ts']}declare const happened: string[];\nevery(1, () => happened.push('tick of main'));\n`,
      },
      'app/handlers',
    );
    await prepared();
    commit();
    happened.length = 0;
    await waitFor(() => happened.includes('tick of main'), 'tick of what was not reloaded');
  });
});

describe('data tables', () => {
  const READS = `
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
const table: { price: number } = require('./prices.json');
rootserviceHandle(function price() { return table.price; });
rootserviceHandle(function section() { return GlobalObject().config.game; });
`;

  it('come with the code: a .json that a module requires is loaded anew, and is in the version', async () => {
    start({ 'app/main.ts': READS, 'app/prices.json': '{ "price": 10 }' });
    const version = reloader.codeVersion;
    edit('app/prices.json', '{ "price": 12 }');
    await prepared();
    assert.equal(call('price'), 10);
    commit();
    assert.equal(call('price'), 12);
    assert.notEqual(reloader.codeVersion, version);
  });

  it('that are no JSON refuse the reload with file and line', async () => {
    start({ 'app/main.ts': READS, 'app/prices.json': '{ "price": 10 }' });
    for (const [text, line] of [
      ['{\n  "price": 12,\n  "note": here\n}\n', 3],
      ['{\n  "price": 12\n', 2],
      ['', 1],
    ] as const) {
      edit('app/prices.json', text);
      const [failure] = await refused();
      assert.equal(failure?.file, project.path('app/prices.json'));
      assert.equal(failure?.line, line, text);
      assert.match(failure?.message ?? '', /^is not valid JSON: /);
    }
    assert.equal(call('price'), 10);
  });

  it("of the config's game section take over with the code, and not before", async () => {
    start({ 'app/main.ts': READS, 'app/prices.json': '{ "price": 10 }' });
    const version = reloader.codeVersion;
    const { codeVersion } = await prepared({ game: { season: 2 } });
    assert.equal(call('section'), undefined);
    assert.notEqual(codeVersion, version);
    commit();
    assert.deepEqual(call('section'), { season: 2 });
    await prepared({ game: { season: 3 } });
    reloader.abort('one', 'a test');
    assert.deepEqual(call('section'), { season: 2 });
  });
});

describe('a load with onLoad hooks', () => {
  const HOOK = (body: string) => `
import { onLoad, rootserviceHandle } from 'firefly-ts';
let table = 'empty';
onLoad(${body});
rootserviceHandle(function table_() { return table; });
`;

  it('is prepared when they have ended, and the table that they fill takes over with the code', async () => {
    start({ 'app/main.ts': HOOK("async () => { table = 'one'; }") });
    for (const hook of globals.node.generation.loads) await hook();
    edit('app/main.ts', HOOK("async () => { await new Promise((resolve) => setImmediate(resolve)); table = 'two'; }"));
    await prepared();
    assert.equal(call('table_'), 'one');
    commit();
    assert.equal(call('table_'), 'two');
  });

  it('is refused when one fails, with file and line', async () => {
    start({ 'app/main.ts': HOOK('() => {}') });
    edit('app/main.ts', HOOK("async () => { throw new Error('no table'); }"));
    const [failure] = await refused();
    assert.deepEqual(failure, { file: project.path('app/main.ts'), line: 4, message: 'Error: no table' });
    assert.equal(call('table_'), 'empty');
    assert.throws(commit, /nothing is prepared here/);
  });

  it('is refused when one has not ended at the deadline', async () => {
    start({ 'app/main.ts': HOOK('() => {}') });
    edit('app/main.ts', HOOK('() => new Promise(() => {})'));
    const [failure] = await refused({ prepareMs: 20 });
    assert.match(failure?.message ?? '', /an onLoad hook has not ended within 20 ms/);
    assert.throws(commit, /nothing is prepared here/);
  });

  it('is not prepared when it is given up meanwhile', async () => {
    start({ 'app/main.ts': HOOK('() => {}') });
    edit('app/main.ts', HOOK('() => new Promise((resolve) => setImmediate(resolve))'));
    const outcome = reloader.prepare(order);
    reloader.forget('a test');
    assert.equal((await outcome).ok, false);
    assert.throws(commit, /nothing is prepared here/);
  });
});

describe('a prepared load', () => {
  it('is committed by its own order only', async () => {
    start({ 'app/main.ts': MAIN, 'app/text.ts': "export const text = 'one';" });
    edit('app/text.ts', "export const text = 'two';");
    await prepared();
    assert.throws(() => reloader.commit('another'), ReloadFailed);
    reloader.abort('another', 'a test');
    commit();
    assert.equal(call('hello'), 'two');
  });

  it('is dropped when no commit comes, and the log says so', async () => {
    start({ 'app/main.ts': MAIN, 'app/text.ts': "export const text = 'one';" });
    edit('app/text.ts', "export const text = 'two';");
    await prepared({ keepMs: 20 });
    await waitFor(() => lines.some(({ reason }) => reason === 'no commit came within 20 ms'), 'the end of the wait');
    assert.throws(commit, /nothing is prepared here/);
    assert.equal(call('hello'), 'one');
  });
});

describe('calls that began on the old code', () => {
  const code = (name: string) => `
import { every, onUnload, rootserviceHandle } from 'firefly-ts';
declare const happened: string[];
every(1, () => happened.push('tick ${name}'));
onUnload(() => { happened.push('unload ${name}'); });
rootserviceHandle(async function slow(wait: Promise<void>) { await wait; return '${name}'; });
`;
  const slowCall = () => {
    let finish: () => void = () => {};
    const wait = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const batch = calls.begin();
    const answer = (call('slow', wait) as Promise<string>).finally(() => batch.end());
    return { answer, finish };
  };
  const reloadTo = async (name: string) => {
    edit('app/main.ts', code(name));
    await prepared();
    commit();
  };

  it('end on it, and only then do its timers end and its hooks run', async () => {
    start({ 'app/main.ts': code('old') });
    const { answer, finish } = slowCall();
    await reloadTo('new');
    happened.length = 0;
    await waitFor(() => happened.includes('tick old') && happened.includes('tick new'), 'timers of both');
    assert.ok(!happened.includes('unload old'));
    finish();
    assert.equal(await answer, 'old');
    await waitFor(() => happened.includes('unload old'), 'the hook of the old code');
    happened.length = 0;
    await waitFor(() => happened.filter((what) => what === 'tick new').length > 3, 'more ticks');
    assert.ok(!happened.includes('tick old'));
  });

  it('keep later generations too, so that these end in their order', async () => {
    start({ 'app/main.ts': code('first') });
    const first = slowCall();
    await reloadTo('second');
    const second = slowCall();
    await reloadTo('third');
    second.finish();
    assert.equal(await second.answer, 'second');
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!happened.includes('unload second'));
    first.finish();
    assert.equal(await first.answer, 'first');
    await waitFor(() => happened.includes('unload second'), 'both hooks');
    assert.deepEqual(
      happened.filter((what) => what.startsWith('unload')),
      ['unload first', 'unload second'],
    );
  });

  it('keep it no longer than the deadline, which the log says', async () => {
    reloader = new Reloader({ globals, dir: '/', log, calls, callsMs: 20 });
    start({ 'app/main.ts': code('old') });
    const { answer, finish } = slowCall();
    await reloadTo('new');
    await waitFor(() => happened.includes('unload old'), 'the hook of the old code');
    assert.ok(lines.some(({ msg }) => /^calls of the old code under way 20 ms after the reload: 1;/.test(String(msg))));
    finish();
    assert.equal(await answer, 'old');
  });

  it('do not keep a node that stops: all hooks run', async () => {
    start({ 'app/main.ts': code('old') });
    const { answer, finish } = slowCall();
    await reloadTo('new');
    await reloader.close();
    assert.deepEqual(
      happened.filter((what) => what.startsWith('unload')),
      ['unload old', 'unload new'],
    );
    finish();
    await answer;
  });
});

describe('the order of a session', () => {
  it('holds over a reload: what came before still keeps later messages back', async () => {
    start({
      'app/main.ts': `
import { GlobalObject, Service, rootserviceHandle } from 'firefly-ts';
declare const happened: string[];
GlobalObject().root?.addServiceChannel(new Service('gate', { serial: true }));
rootserviceHandle(async function slow(_session: number, wait: Promise<void>) { await wait; happened.push('slow'); });
rootserviceHandle(function quick(_session: number) { happened.push('quick'); });
`,
    });
    let finish: () => void = () => {};
    const wait = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = call('slow', 1, wait);
    await prepared();
    commit();
    const quick = call('quick', 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(happened, []);
    finish();
    await Promise.all([slow, quick]);
    assert.deepEqual(happened, ['slow', 'quick']);
  });
});
