/** The admin page: the game's figures, its days, its players, and what operators did. Brought up to date while somebody looks. */
import { get, useToken } from './api.mjs';
import { days } from './days.mjs';
import { askToken } from './dialog.mjs';
import { figures } from './figures.mjs';
import { players } from './players.mjs';
import { records } from './records.mjs';
import { themeSwitch } from './theme.mjs';

const EVERY_MS = 15_000;

/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);
/** @type {HTMLDialogElement | undefined} */
let tokenDialog;

/** Does it, and says above the page when that failed. @param {() => Promise<void>} work */
async function attempt(work) {
  try {
    await work();
    part('notice').hidden = true;
  } catch (error) {
    const needsToken = error.status === 401;
    part('notice').hidden = false;
    part('notice').firstElementChild.textContent = needsToken ? 'The admin node asks for a token.' : `${error.message}.`;
    if (needsToken && part('token-again').hidden) askForToken();
    part('token-again').hidden = !needsToken;
  }
}

function askForToken() {
  if (tokenDialog?.open) return;
  tokenDialog = askToken(async (token) => {
    useToken(token);
    await get('/statistics').catch((error) => {
      throw error.status === 401 ? new Error('That is not the token of this cluster.') : error;
    });
    part('token-again').hidden = true;
    void load();
  });
}

const parts = [figures(part('figures')), days(part('days'), attempt), records(part('records'), attempt)];
players(part('players'), { attempt, changed: () => void load() });

const load = () =>
  attempt(async () => {
    await Promise.all(parts.map((one) => one.load()));
    part('live').textContent = `as of ${new Date().toLocaleTimeString('en-GB')}`;
  });

/** Not while the page is hidden, and never twice at once. */
async function beat() {
  if (!document.hidden) await load();
  setTimeout(beat, EVERY_MS);
}

part('token-again').addEventListener('click', askForToken);
themeSwitch(part('theme'));
void beat();
