// The browser of the scripts that need one. What it does not do in time it says itself, before the test gives it up.
import puppeteer from 'puppeteer-core';

import { given } from './common.mjs';

const MILLISECONDS = 30_000;

export const browser = await puppeteer.launch({
  executablePath: given.chromium,
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'], // as root and in small containers
  timeout: MILLISECONDS,
  protocolTimeout: MILLISECONDS,
});
export const page = await browser.newPage();
