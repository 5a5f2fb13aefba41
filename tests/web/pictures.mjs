// Takes the pictures of docs/images: each page in both themes, and as wide as a phone.
// script/web-test --pictures [handset|docs|console …]
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Server } from '../e2e/support/server.mjs';
import { closeBrowser, openPage } from './support/browser.mjs';
import { makeUser, open, signIn as enter } from './support/console.mjs';
import { phone, signIn, start } from './support/handset.mjs';

const images = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../docs/images');
const bytesMax = 200 * 1024;
fs.mkdirSync(images, { recursive: true });

const server = await Server.start();

/** A day of a small service: three countries, most codes typed in time, some not. Chance comes from a fixed seed. */
async function aDay() {
    let seed = 7;
    const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const prefixes = ['4477009001', '336123', '4915112', '4477009002'];
    for (let hour = 0; hour < 22; ++hour) {
        const busy = 6 + Math.round(10 * Math.sin((hour / 22) * Math.PI));
        for (let i = 0; i < busy; ++i) {
            const prefix = prefixes[Math.floor(chance() * prefixes.length)];
            const number = prefix + String(hour * 40 + i + 10_000).slice(-(prefix.startsWith('44') ? 2 : 5)).padStart(prefix.startsWith('44') ? 2 : 5, '0');
            const { body } = await server.v1('start', { number, brand: 'Acme', workflow_id: chance() < 0.3 ? '5' : '1' });
            if (body.status !== '0') continue;
            if (chance() < 0.1) await server.check(body.request_id, '0000');
            if (chance() < 0.82) {
                const [message] = await server.messages({ request_id: body.request_id });
                if (chance() < 0.5) await server.clock(4 + Math.floor(chance() * 20));
                if (message?.pin) await server.check(body.request_id, message.pin);
            }
        }
        await server.v1('start', { number: '12', brand: 'Acme' });
        await server.clock(2700);
    }
}

async function picture(page, name) {
    await page.evaluate(() => document.activeElement?.blur?.());
    await page.mouse.move(0, 0);
    const file = path.join(images, `${name}.png`);
    await page.screenshot({ path: file, animations: 'disabled' });
    const { size } = fs.statSync(file);
    if (size > bytesMax) throw new Error(`${file} has ${size} bytes`);
    process.stdout.write(`${path.basename(file)} ${Math.round(size / 1024)} KiB\n`);
}

const looks = [
    ['light', { theme: 'light', width: 1360, height: 850 }],
    ['dark', { theme: 'dark', width: 1360, height: 850 }],
    ['phone', { theme: 'light', width: 390, height: 844 }],
];

async function handset(look, options) {
    const page = await openPage([server.url], options);
    await signIn(page, server);
    const number = server.number();
    await start(page, number, { workflow_id: '1' });
    await phone(page, number).getByTestId('bubble-code').waitFor();
    if (look === 'phone') await phone(page, number).scrollIntoViewIfNeeded();
    await picture(page, `handset-${look}`);
    await page.getByTestId('clock-next').click();
    await phone(page, number).getByTestId('call-answer').click();
    await page.waitForTimeout(1500);
    if (look === 'phone') await phone(page, number).scrollIntoViewIfNeeded();
    await picture(page, `handset-call-${look}`);
    await page.context().close();
}

async function docs(look, options) {
    const page = await openPage([server.url], options);
    for (const name of ['quick-start', 'workflows', 'reference']) {
        await page.goto(`${server.url}/docs/${name}`);
        if (name === 'reference') await page.locator('.operation').first().waitFor();
        await picture(page, `docs-${name}-${look}`);
    }
    await page.context().close();
}

async function consolePages(look, options, id) {
    const page = await openPage([server.adminUrl], options);
    await enter(page, server);
    await page.getByTestId('live-starts').waitFor();
    for (let i = 0; i < 12; ++i) {
        for (let each = 0; each <= i % 4; ++each) await server.v1('start', { number: server.number(), brand: 'Acme' });
        await page.waitForTimeout(1000);
    }
    await picture(page, `console-overview-${look}`);
    for (const [name, where] of [['conversion', 'conversions'], ['requests', 'requests'], ['story', `requests/${id}`], ['texts', 'templates'], ['account', `accounts/${server.key}`]]) {
        await open(page, server, where);
        if (name === 'texts') {
            await page.getByTestId('template-text').fill('Welcome to ${brand}! Your code is ${pin}, good for ${pin_expiry} minutes.');
            await page.waitForFunction(() => /Welcome to/.test(document.querySelector('[data-testid="template-preview"]')?.textContent ?? ''));
        }
        await page.waitForTimeout(300);
        await picture(page, `console-${name}-${look}`);
    }
    await page.context().close();
}

const parts = process.argv.length > 2 ? process.argv.slice(2) : ['handset', 'docs', 'console'];
for (const [look, options] of looks) {
    if (parts.includes('handset')) await handset(look, options);
    if (parts.includes('docs')) await docs(look, options);
}
if (parts.includes('console')) {
    await makeUser(server);
    await aDay();
    // The story of one that took a wrong code and a call.
    const number = server.number();
    const id = await server.begin({ number, workflow_id: '1' });
    await server.check(id, '0000');
    await server.clock(125);
    await server.clock(8);
    const [{ pin }] = await server.messages({ request_id: id });
    await server.check(id, pin);
    for (const [look, options] of looks) await consolePages(look, options, id);
}
await closeBrowser();
await server.stop();
