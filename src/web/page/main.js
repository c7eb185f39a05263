/**
 * The console: asks the master each second, and shows what it says.
 *
 * `#/` is the cluster, `#/node/NAME` one node; `master` has a page too, with its log.
 */
import * as acts from './actions.js';
import { ask, Refused, useToken } from './api.js';
import { sumsOf } from './cluster.js';
import { askToken, confirm } from './dialog.js';
import { h, set, text } from './dom.js';
import { duration, some, time } from './format.js';
import { masterView } from './masterview.js';
import { Model } from './model.js';
import { nodeView } from './nodeview.js';
import { showNotices } from './notices.js';
import { overview } from './overview.js';
import { nodeNamed } from './picture.js';
import { repeat } from './repeat.js';
import { themeSwitch } from './theme.js';
import { warnings } from './warnings.js';

const EVERY_MS = 1_000;
const STATUS_DEADLINE_MS = 5_000;
/** A reload waits for every node to load its modules. */
const RELOAD_DEADLINE_MS = 60_000;

/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);
const model = new Model();
/** @type {{ element: HTMLElement, update: (model: Model) => void, close: () => void } | undefined} */
let view;
/** @type {HTMLDialogElement | undefined} */
let tokenDialog;

const beat = repeat(async () => {
  try {
    const changes = model.took(await ask('GET', '/status', {}, STATUS_DEADLINE_MS), Date.now());
    if (changes.length > 0) say(changes.join(' '));
    tokenDialog?.close();
    for (const name of model.strangers()) void learn(name);
  } catch (error) {
    const isNew = model.problem?.error.status !== error.status || model.problem === undefined;
    model.failed(error, Date.now());
    if (isNew) say(`The master does not answer as it should: ${error.message}.`);
    if (error.status === 401 && isNew) askForToken();
  }
  show();
}, EVERY_MS);

/** What a node is that has not run since this page was opened. */
async function learn(name) {
  try {
    model.learned(name, (await ask('GET', '/node', { name })).config);
  } catch {
    // It stays where a node of which nothing is known is drawn.
  }
}

function askForToken() {
  if (tokenDialog?.open) return;
  tokenDialog = askToken(async (token) => {
    useToken(token);
    await ask('GET', '/status').catch((error) => {
      throw error.status === 401 ? new Error('That is not the token of this cluster.') : error;
    });
    beat.now();
  });
}

/** Asks, does it, and shows what came of it. @param {acts.Act} act */
function operate(act) {
  const isReload = act.path === '/reload';
  const run = async () => {
    model.failedReload = undefined;
    if (isReload) model.unfinishedReload = undefined;
    try {
      const answer = await ask('POST', act.path, act.query, isReload ? RELOAD_DEADLINE_MS : undefined);
      if (act.path === '/stop') model.stopAskedAt = Date.now();
      if (isReload && Object.values(answer?.nodes ?? {}).some(({ waits }) => waits)) model.unfinishedReload = answer;
      say(answer?.message ?? answer?.operation?.step ?? `${act.verb}: it has begun.`);
    } catch (error) {
      // Which node could not load which line is too much for a question: it stands above the page.
      if (!isReload || !(error instanceof Refused) || Object.keys(error.body?.nodes ?? {}).length === 0) throw error;
      model.failedReload = error.body;
      say(error.message);
    }
    beat.now();
    show();
  };
  confirm({ ...act, run });
}

/** For those who do not see the page. @param {string} said */
function say(said) {
  text(part('said'), said);
}

function route() {
  view?.close();
  const name = nodeNamed(location.hash);
  view = name === undefined ? overview() : name === 'master' ? masterView(say) : nodeView(name, { operate, say, model });
  part('content').replaceChildren(view.element);
  scrollTo(0, 0);
  show();
}

/** The keyboard goes on where the new page begins. */
function move() {
  route();
  part('content').focus({ preventScroll: true });
}

function show() {
  const { status, problem, goodAt } = model;
  showNotices(part('notices'), warnings(model, { askForToken, changed: show }));
  set(document.body, 'data-stale', problem !== undefined);
  text(part('live'), goodAt === 0 ? '' : problem ? `last answer ${time(goodAt)}` : `live · ${time(goodAt)}`);
  if (!status) return;
  showBar(status, problem !== undefined);
  showFoot(status);
  view?.update(model);
}

/** @param {import('./cluster.js').Status} status @param {boolean} isStale */
function showBar({ nodes, cluster }, isStale) {
  const { ready, drained, total } = sumsOf(nodes);
  text(part('summary'), `${ready} of ${some(total, 'node')} ready${drained > 0 ? `, ${drained} drained` : ''}`);
  set(part('summary'), 'data-kind', isStale ? 'off' : ready + drained === total ? 'ok' : 'bad');
  document.title = isStale ? 'no answer – firefly' : `${ready}/${total} ready – firefly`;
  const isBusy = cluster.operation?.state === 'running';
  for (const button of part('acts').children) set(button, 'disabled', isBusy && button.id !== 'stop');
}

/** @param {import('./cluster.js').Status} status */
function showFoot({ cluster }) {
  const foot = part('foot');
  if (!foot.firstChild) foot.append(h('span'), ' · ', h('a', { href: '#/node/master' }, 'master'));
  const up = Date.now() - Date.parse(cluster.startedAt);
  const said = [
    `firefly-ts ${cluster.version}`,
    up > 0 && `master up ${duration(up)}`,
    cluster.codeVersion && `code ${cluster.codeVersion}`,
  ];
  text(foot.firstChild, said.filter(Boolean).join(' · '));
}

function act(id, label, make, kind) {
  return h('button', { type: 'button', id, class: kind, onclick: () => model.status && operate(make(model.status)) }, label);
}

part('acts').append(
  act('reload', 'Reload', acts.reload),
  act('restart', 'Restart all', acts.restartAll),
  act('stop', 'Stop', acts.stop, 'danger'),
);
themeSwitch(part('theme'));
// An address of its own would be another page.
part('skip').addEventListener('click', (event) => {
  event.preventDefault();
  part('content').focus();
});
addEventListener('hashchange', move);
route();
