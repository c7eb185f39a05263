/** The browser that the console page is tested in and its pictures are made with: the system's Chromium, driven by playwright-core. */
import type { Browser } from 'playwright-core';
import { findProgram, installPackages } from './packages';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Finds Chromium, installing Debian's package when it is missing and this user may.
 *
 * @throws Error with the one command to run, when it may not or that failed
 */
export function ensureChromium(): string {
  const found = findChromium();
  if (found) return found;
  const command = installPackages(['chromium']);
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(`the tests of the console page need chromium. Run: ${command}   (without it: npm run test:embedded)`);
}

/** Starts one with a profile of its own, which goes with it. */
export async function startChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  // Chromium refuses root its sandbox; the pages it is shown here are ours.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // /dev/shm is small in containers.
  return chromium.launch({ executablePath: ensureChromium(), args: [...asRoot, '--disable-dev-shm-usage'], timeout: 120_000 });
}

function findChromium(): string | undefined {
  return NAMES.map(findProgram).find((path) => path !== undefined);
}
