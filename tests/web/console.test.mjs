// An operator in the console: sees what happens, finds out why a code did not come, and changes what must be changed.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { Server, poll, roger } from '../e2e/support/server.mjs';
import { closeBrowser, closePage, openPage } from './support/browser.mjs';
import { control, makeUser, open, password, signIn } from './support/console.mjs';

let server;
before(async () => {
    server = await Server.start();
    await makeUser(server);
    await makeUser(server, 'rita', 'read', false);
});
after(async () => {
    await closeBrowser();
    await server.stop();
});

// A page asks who is signed in, and nobody is: the browser notes such answers.
const nobody = /status of 401/;

async function console_(options = {}) {
    const page = await openPage([server.adminUrl], { refused: nobody, ...options });
    await signIn(page, server, options.user);
    await page.getByTestId('live-starts').waitFor();
    return page;
}

async function start(number = server.number(), more = {}) {
    const { body } = await server.v1('start', { number, brand: 'Acme', ...more });
    return { number, ...body };
}

test('the first user is made by the one-time link', async () => {
    const own = await Server.start();
    const link = await roger(['admin', 'link', '--data', own.data]);
    assert.equal(link.code, 0, link.stderr);
    const [url] = /http:\/\/\S+\/setup#\S+/.exec(link.stdout) ?? assert.fail(link.stdout);
    const page = await openPage([own.adminUrl], { refused: nobody });
    await page.goto(url);
    await page.getByTestId('login-user').fill('anna');
    await page.getByTestId('login-password').fill(password);
    await page.getByTestId('login-go').click();
    await page.getByTestId('live-starts').waitFor();
    await page.reload();
    await page.getByTestId('live-starts').waitFor();
    await closePage(page);
    await own.stop();
});

test('a wrong password is told, a right one opens, and signing out closes', async () => {
    const page = await openPage([server.adminUrl], { refused: nobody });
    await signIn(page, server, 'anna', 'not the password');
    await page.getByRole('alert').waitFor();
    await page.getByTestId('login-password').fill(password);
    await page.getByTestId('login-go').click();
    await page.getByTestId('live-starts').waitFor();
    await page.getByTestId('logout').click();
    await page.getByText('You are signed out.').waitFor();
    await closePage(page);
});

test('its figures move while requests start', async () => {
    const page = await console_();
    const before_ = Number((await page.getByTestId('live-starts').textContent()).replace(/\D/g, ''));
    for (let i = 0; i < 3; ++i) await start();
    await page.waitForFunction((low) => Number(document.querySelector('[data-testid="live-starts"]').textContent.replace(/\D/g, '')) >= low, before_ + 3);
    await closePage(page);
});

test('a request is found by its number, and its story is told', async () => {
    const { number } = await start(server.number(), { workflow_id: '6' });
    const page = await console_();
    await poll(async () => {
        const { body } = await control(server, 'GET', `/requests?number=${number}`);
        return body.requests.length > 0 ? true : undefined;
    }, 'search knows it');
    await open(page, server, 'requests');
    await page.getByTestId('search-box').fill(`+44 ${number.slice(2)}`);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.locator('tbody a').first().click();
    const story = page.getByTestId('request-story');
    await story.waitFor();
    assert.match(await story.textContent(), /Started.*by e2ekey01, workflow 6.*SMS.*delivered.*over handset/s);
    assert.ok(!(await page.content()).includes(number), 'the number is masked');
    await closePage(page);
});

test('a failure is explained where it happened', async () => {
    await start('447700900902', { workflow_id: '6' });
    const page = await console_();
    await open(page, server, 'requests?search=447700900902');
    await page.locator('tbody a').first().click();
    await page.getByTestId('request-story').getByText('the handset refuses this number').waitFor();
    await closePage(page);
});

test('a secret is rotated: shown once, and good at once', async () => {
    const made = await control(server, 'POST', '/accounts', {});
    const { key } = made.body;
    const page = await console_();
    await open(page, server, `accounts/${key}`);
    await page.getByTestId('rotate').click();
    await page.getByTestId('rotate-go').click();
    await page.getByTestId('fresh-secrets').waitFor();
    const secrets = await page.getByTestId('fresh-secrets').locator('code').allTextContents();
    assert.equal(secrets[0], key);
    const found = await server.send('/verify/search/json?request_id=00000000000000000000000000000000', { headers: { Authorization: `Basic ${Buffer.from(`${key}:${secrets[1]}`).toString('base64')}` } });
    assert.equal(JSON.parse(found.text).status, '101');
    await page.getByRole('button', { name: 'Close' }).click();
    assert.ok(!(await page.content()).includes(secrets[1]), 'it is gone');
    await closePage(page);
});

test('a text is written with its preview, and used by the next message', async () => {
    const page = await console_();
    await open(page, server, `templates?account=${server.key}`);
    await page.getByTestId('template-language').selectOption('en-gb');
    await page.getByTestId('template-text').fill('Hello from ${brand}: ${pin}');
    await page.waitForFunction(() => /Hello from Acme: \d+/.test(document.querySelector('[data-testid="template-preview"]')?.textContent ?? ''));
    assert.equal(await page.getByTestId('segments').textContent(), '1 segment');
    await page.getByTestId('template-text').fill(`Hello from \${brand}: \${pin} ${'and so on '.repeat(16)}`);
    await page.waitForFunction(() => document.querySelector('[data-testid="segments"]')?.textContent === '2 segments');
    await page.getByTestId('template-text').fill('Hello from ${brand}: ${pin}');
    await page.getByTestId('template-save').click();
    await page.getByText('Saved.').waitFor();
    const { number } = await start(server.number(), { lg: 'en-gb' });
    assert.match((await server.messages({ number }))[0].text, /^Hello from Acme: \d{4}/);
    await closePage(page);
});

test('everything that a search finds is exported as CSV', async () => {
    for (let i = 0; i < 3; ++i) await start();
    const { body } = await control(server, 'GET', '/requests?limit=200');
    const page = await console_();
    await open(page, server, 'requests');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-csv').click()]);
    const lines = (await fs.readFile(await download.path(), 'utf8')).trim().split('\r\n');
    assert.ok(lines[0].startsWith('request_id,account,'), lines[0]);
    assert.ok(lines.length - 1 >= body.requests.length, `${lines.length} lines`);
    assert.ok(!lines.some((line) => line.includes('447700900')), 'numbers are masked');
    await closePage(page);
});

test('somebody who may only read sees no way to change', async () => {
    const page = await console_({ user: 'rita' });
    assert.equal(await page.getByRole('link', { name: 'Access' }).count(), 0);
    await open(page, server, 'accounts');
    assert.equal(await page.getByRole('button', { name: 'New account' }).count(), 0);
    await open(page, server, `accounts/${server.key}`);
    assert.equal(await page.getByTestId('rotate').count(), 0);
    assert.ok(await page.locator('form input').first().isDisabled());
    await closePage(page);
});

test('a session that has ended asks to sign in again', async () => {
    await makeUser(server, 'tom');
    const page = await console_({ user: 'tom' });
    assert.equal((await control(server, 'DELETE', '/users/tom')).http, 204);
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByText('Your session has ended.').waitFor();
    await closePage(page);
});

test('it connects again when the server was away', async () => {
    const own = await Server.start();
    await makeUser(own);
    const page = await openPage([own.adminUrl], { refused: /ERR_|status of 401/ });
    await signIn(page, own);
    await page.getByTestId('live-starts').waitFor();
    const admin = new URL(own.adminUrl).host;
    await own.kill();
    await page.getByTestId('connection').getByText('Connecting').waitFor();
    const back = await Server.start({ data: own.data, adminListen: admin });
    // The session may have ended with the server, or not: either way the page says where it is.
    await page.waitForFunction(() => document.querySelector('[data-testid="connection"]')?.textContent === 'Live' || document.querySelector('[data-testid="login-user"]'));
    await closePage(page);
    await back.stop();
});

test('what is done is in the audit log, whose chain is whole', async () => {
    const page = await console_();
    await open(page, server, 'audit');
    await page.locator('tbody tr').first().waitFor();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText(/entries are as they were written/).waitFor();
    await closePage(page);
});

test('the first load is at most 150 KiB, compressed', async () => {
    const page = await openPage([server.adminUrl], { refused: nobody });
    await signIn(page, server);
    await page.getByTestId('live-starts').waitFor();
    const bytes = await page.evaluate(() =>
        [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter((entry) => !new URL(entry.name).pathname.startsWith('/admin/'))
            .reduce((sum, entry) => sum + entry.encodedBodySize, 0));
    assert.ok(bytes > 10_000 && bytes <= 150 * 1024, `${bytes} bytes`);
    await closePage(page);
});
