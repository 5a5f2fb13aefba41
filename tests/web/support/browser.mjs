// Debian's Chromium, watched: nothing may leave the origin, break the content policy, or throw.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let browser;

export async function openBrowser() {
    browser ??= await chromium.launch({
        executablePath: process.env.ROGER_CHROMIUM ?? '/usr/bin/chromium',
        // Calls are heard in a test without a click on the player, and nothing is kept of a run.
        args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required', '--mute-audio', '--disable-dev-shm-usage'],
    });
    return browser;
}

export async function closeBrowser() {
    await browser?.close();
    browser = undefined;
}

/**
 * A page that notes every mistake: `page.mistakes()` must be empty at the end of a test.
 * @param {string[]} origins  of the server: anything else is a mistake
 * @param {{theme?: 'light'|'dark', width?: number, height?: number, refused?: RegExp}} options  refused: console lines
 *   of answers that the test provokes
 */
export async function openPage(origins, { theme = 'light', width = 1280, height = 900, refused } = {}) {
    const context = await (await openBrowser()).newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'Europe/London',
        acceptDownloads: true,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000); // a browser beside a compiler is slow, and not wrong
    const mistakes = [];
    page.on('request', (request) => {
        const url = request.url();
        if (url.startsWith('blob:')) return;
        if (!origins.includes(new URL(url).origin)) mistakes.push(`left the origin: ${url}`);
    });
    page.on('pageerror', (error) => mistakes.push(`threw: ${error.message}`));
    page.on('console', (message) => {
        if (!['error', 'warning'].includes(message.type())) return;
        const line = `${message.text()} (${message.location().url})`;
        if (!refused?.test(line)) mistakes.push(`console: ${line}`);
    });
    await page.exposeFunction('noteViolation', (what) => mistakes.push(`content policy: ${what}`));
    await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) =>
            window.noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
        );
    });
    page.mistakes = () => mistakes;
    return page;
}

/** Ends a page, which must have made no mistake. */
export async function closePage(page) {
    assert.deepEqual(page.mistakes(), []);
    await page.context().close();
}

/** No serious or critical finding of axe-core, and nothing wider than the window. */
export async function assertAccessible(page, what) {
    // By the protocol and not as a script element, which the content policy forbids.
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
        return violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).slice(0, 4).join(' | ')}`);
    });
    assert.deepEqual(found, [], what);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wider <= 0, `${what}: ${wider} px wider than the window`);
}
