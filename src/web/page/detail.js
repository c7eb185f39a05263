/** What only a process itself can tell: its log, its handlers, its last errors, its config. Of a node, and of the master. */
import { ask } from './api.js';
import { configTable } from './configtable.js';
import { h, text } from './dom.js';
import { errorList } from './errors.js';
import { handlerTable } from './handlers.js';
import { logTail } from './logtail.js';
import { lookInside } from './lookinside.js';
import { repeat } from './repeat.js';

const EVERY_MS = 2_000;

/**
 * @param {string} name
 * @param {(said: string) => void} say
 */
export function detail(name, say) {
  const [log, handlers, errors, config] = [logTail(name, say), handlerTable(), errorList(), configTable()];
  const wrong = h('p', { class: 'wrong', role: 'status' });
  const beat = repeat(async () => {
    try {
      const answer = await ask('GET', '/node', { name });
      handlers.update(answer.handlers ?? []);
      errors.update(answer.errors ?? []);
      config.update(answer.config);
      log.update({ logLevel: answer.logLevel, pid: answer.status?.pid });
      text(wrong, '');
    } catch (error) {
      // That the master does not answer is said above already.
      text(wrong, error.status && error.status !== 401 ? `The details are not to be had: ${error.message}` : '');
    }
  }, EVERY_MS);
  return {
    elements: [wrong, log.element, handlers.element, errors.element, lookInside(name, say), config.element],
    close() {
      beat.end();
      log.close();
    },
  };
}
