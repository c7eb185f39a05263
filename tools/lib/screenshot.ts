/** Pictures for the docs: the windows they are taken in, and how large a file may be. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const LARGEST_BYTES = 200 * 1024;

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
/** Sharper, as phones are. */
export const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5, hasTouch: true, isMobile: true };

/** @param fullPage the whole page, or what the window shows */
export async function savePicture(page: Page, folder: string, name: string, fullPage: boolean): Promise<void> {
  const path = join(folder, `${name}.png`);
  await page.bringToFront();
  await page.waitForTimeout(1_500);
  await page.screenshot({ path, fullPage });
  const { size } = statSync(path);
  process.stdout.write(`${path} ${Math.round(size / 1024)} KiB\n`);
  if (size > LARGEST_BYTES) throw new Error(`${path} is larger than ${LARGEST_BYTES / 1024} KiB`);
}
