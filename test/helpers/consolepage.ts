/**
 * The console page of a cluster, or another page of it, in a real Chromium, watched: what the browser complains of, and what it asks of
 * anybody but its own server.
 *
 *   await using shown = await ConsolePage.open(cluster);
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from '../../tools/lib/chromium';
import { waitFor } from '../../tools/lib/wait';
import type { Cluster } from './cluster';

const WEB_PORT = 9998;
/** Machines that run tests are slow, and busy. */
const PATIENCE_MS = 30_000;

export interface ConsoleOptions {
  readonly browser?: BrowserContextOptions;
  /** What follows the origin, such as `#/node/game1`. */
  readonly at?: string;
  /** Whose page, as the config names the port; the master's when left out. */
  readonly port?: number;
}

export class ConsolePage implements AsyncDisposable {
  /** Errors and warnings in the browser's own console, and exceptions that nobody caught; not that an answer has an error's status. */
  readonly complaints: string[] = [];
  /** Requests to another origin. */
  readonly foreign: string[] = [];
  readonly page: Page;
  readonly #browser: Browser;
  readonly #context: BrowserContext;

  private constructor(browser: Browser, context: BrowserContext, page: Page, origin: string) {
    this.#browser = browser;
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      const isStatus = /^Failed to load resource: /.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isStatus) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('blob:')) this.foreign.push(request.url());
    });
  }

  static async open(cluster: Cluster, { browser: options = {}, at = '', port = WEB_PORT }: ConsoleOptions = {}): Promise<ConsolePage> {
    const origin = `http://127.0.0.1:${cluster.port(port)}`;
    const browser = await startChromium();
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const shown = new ConsolePage(browser, context, await context.newPage(), origin);
      await shown.page.goto(`${origin}/${at}`);
      return shown;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** The text of the first element, as a person sees it; empty while there is none. */
  async textOf(selector: string): Promise<string> {
    const first = this.page.locator(selector).first();
    return (await first.count()) > 0 ? first.innerText() : '';
  }

  /** Waits until the element's text matches. @returns the text */
  async waitForText(selector: string, pattern: RegExp): Promise<string> {
    let text = '';
    const matches = async () => {
      text = await this.textOf(selector).catch(() => '');
      return pattern.test(text);
    };
    await waitFor(matches, () => `${pattern} in ${selector}, which says ${JSON.stringify(text)}`, PATIENCE_MS);
    return text;
  }

  /** What has the focus: its tag and what it is called. */
  focused(): Promise<string> {
    const name = 'it.getAttribute("aria-label") ?? it.textContent.trim()';
    return this.page.evaluate(`(() => { const it = document.activeElement; return it.tagName.toLowerCase() + ' ' + (${name}); })()`);
  }

  /** Presses Tab until that has the focus. @param pattern of what `focused` returns @returns what had it on the way */
  async tabTo(pattern: RegExp, most = 60): Promise<string[]> {
    const passed: string[] = [];
    while (passed.length < most) {
      await this.page.keyboard.press('Tab');
      const now = await this.focused();
      passed.push(now);
      if (pattern.test(now)) return passed;
    }
    throw new Error(`${most} times Tab did not lead to ${pattern}: ${passed.join(' | ')}`);
  }

  /** How much wider the page is than its window, in pixels. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await this.#browser.close();
  }
}
