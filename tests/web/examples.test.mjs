// The examples, end to end: each runs as its README says, against a server, in a browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server, poll } from '../e2e/support/server.mjs';
import { closeBrowser, closePage, openPage } from './support/browser.mjs';

const examples = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../examples');
let server;
const children = [];
before(async () => {
    server = await Server.start();
});
after(async () => {
    children.forEach((child) => child.kill());
    await closeBrowser();
    await server.stop();
});

/** @returns {Promise<string>} the URL that it prints */
async function run(name, env = {}) {
    const child = spawn(process.execPath, ['server.mjs'], {
        cwd: path.join(examples, name),
        env: { ...process.env, ROGER_URL: server.url, ROGER_KEY: server.key, ROGER_SECRET: server.secret, PORT: '0', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    return poll(() => {
        assert.equal(child.exitCode, null, said);
        return /http:\/\/\S+/.exec(said)?.[0];
    }, `${name} listens`);
}

test('sign-up: a wrong code, then a call, then the right one', async () => {
    const url = await run('sign-up');
    const page = await openPage([url], { refused: /favicon/ });
    await page.goto(url);
    const number = server.number();
    await page.getByLabel('Your mobile number').fill(`+44 ${number.slice(2)}`);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByText('We have sent you a code.').waitFor();
    assert.equal(await page.getByLabel('The code').getAttribute('autocomplete'), 'one-time-code');
    const [{ pin }] = await server.messages({ number });
    await page.getByLabel('The code').fill(pin === '0000' ? '1111' : '0000');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('That code is not right.').waitFor();
    await page.getByRole('button', { name: 'Call me instead' }).click();
    await page.getByText('We are calling you.').waitFor();
    await page.getByLabel('The code').fill(pin);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('The number is yours.').waitFor();
    await closePage(page);
});

test('sign-up: a number that cannot be one is refused in words', async () => {
    const url = await run('sign-up');
    const page = await openPage([url], { refused: /favicon/ });
    await page.goto(url);
    await page.getByLabel('Your mobile number').fill('12');
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByText('no number that we can reach').waitFor();
    await closePage(page);
});

test('step-up: the message names payee and amount, and the code moves the money', async () => {
    const number = server.number();
    const url = await run('step-up', { NUMBER: number });
    const page = await openPage([url], { refused: /favicon/ });
    await page.goto(url);
    await page.getByLabel('To').fill('Ada Lovelace');
    await page.getByLabel('Euros').fill('48.50');
    await page.getByRole('button', { name: 'Transfer' }).click();
    await page.getByText('Type the code').waitFor();
    const [{ pin, text }] = await server.messages({ number });
    assert.match(text, /Ada Lovelace/);
    assert.match(text, /48\.50/);
    await page.getByLabel('The code').fill(pin);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('48.50 € went to Ada Lovelace. Balance: 951.50 €.').waitFor();
    await closePage(page);
});
