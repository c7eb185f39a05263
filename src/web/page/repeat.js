/** Does something again and again while somebody looks: not while the page is hidden, and never twice at once. */

/**
 * @param {() => Promise<void>} work
 * @param {number} everyMs from one beginning to the next
 * @returns {{ now: () => void, end: () => void }} `now` does it at once, or once more when it is under way
 */
export function repeat(work, everyMs) {
  let timer = 0;
  let underWay = false;
  let again = false;
  let ended = false;
  const run = async () => {
    clearTimeout(timer);
    if (ended || document.hidden) return;
    if (underWay) {
      again = true;
      return;
    }
    const began = performance.now();
    underWay = true;
    // A fault in what is shown must not be the last thing that is shown.
    await work().catch(reportError);
    underWay = false;
    if (ended) return;
    const wait = again ? 0 : Math.max(50, everyMs - (performance.now() - began));
    again = false;
    timer = setTimeout(run, wait);
  };
  const shown = () => void run();
  document.addEventListener('visibilitychange', shown);
  void run();
  return {
    now: shown,
    end() {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
    },
  };
}
