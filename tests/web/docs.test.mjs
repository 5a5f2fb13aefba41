// The documentation: every page of it, on both ports, and a call that is tried from the reference.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server } from '../e2e/support/server.mjs';
import { assertAccessible, closeBrowser, closePage, openPage } from './support/browser.mjs';

let server;
before(async () => {
    server = await Server.start();
});
after(async () => {
    await closeBrowser();
    await server.stop();
});

const pagesOf = (page) => page.locator('.docs-nav a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));

test('every page is there on both ports, and no link of one leads nowhere', async () => {
    for (const origin of [server.url, server.adminUrl]) {
        const page = await openPage([origin]);
        await page.goto(`${origin}/docs`);
        const paths = await pagesOf(page);
        assert.ok(paths.length >= 15, `${paths.length} pages`);
        const targets = new Map();
        for (const path of paths) {
            const answer = await page.goto(`${origin}${path}`);
            assert.equal(answer.status(), 200, path);
            assert.notEqual((await page.locator('h1').first().textContent()).trim(), '', path);
            const links = await page.locator('main a[href^="/"], main img').evaluateAll((found) => found.map((each) => each.getAttribute('href') ?? each.getAttribute('src')));
            links.forEach((link) => targets.set(link, path));
        }
        for (const [target, from] of targets) {
            const [path, anchor] = target.split('#');
            const answer = await fetch(`${origin}${path}`);
            assert.equal(answer.status, 200, `${from} leads to ${target}`);
            if (anchor) assert.ok((await answer.text()).includes(`id="${anchor}"`), `${from} leads to ${target}`);
        }
        await closePage(page);
    }
});

test('a start is tried from the reference against this server', async () => {
    const page = await openPage([server.url]);
    await page.goto(`${server.url}/docs/reference`);
    await page.getByLabel('Key').fill(server.key);
    await page.getByLabel('Secret').fill(server.secret);
    const start = page.locator('#start');
    await start.getByRole('button', { name: 'Try it' }).click();
    await start.getByLabel('format').selectOption('json');
    await start.getByLabel('Body').fill(JSON.stringify({ number: server.number(), brand: 'Acme' }));
    await start.getByRole('button', { name: 'Send' }).click();
    await start.locator('.try pre').waitFor();
    const answer = JSON.parse(await start.locator('.try pre').textContent());
    assert.equal(answer.status, '0');
    assert.match(answer.request_id, /^[0-9a-f]{32}$/);
    await closePage(page);
});

test('each call of both documents is drawn, with its answers', async () => {
    const page = await openPage([server.adminUrl]);
    for (const [name, file] of [['reference', 'verify-v1'], ['admin', 'admin']]) {
        const document = await (await fetch(`${server.adminUrl}/docs/${file}.openapi.json`)).json();
        const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId)).filter(Boolean);
        await page.goto(`${server.adminUrl}/docs/${name}`);
        await page.locator('.operation').first().waitFor();
        assert.equal(await page.locator('.operation').count(), ids.length);
        for (const id of ids) assert.equal(await page.locator(`[id="${id}"] .answer`).count() > 0, true, id);
    }
    await closePage(page);
});

test('a page is compressed, known again by its ETag, and kept to its own origin', async () => {
    const first = await server.send('/docs/quick-start', { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(first.headers['content-encoding'], 'gzip');
    const again = await server.send('/docs/quick-start', { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(again.http, 304);
    const plain = await server.send('/docs/quick-start');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.match(plain.text, /<h1/);
    assert.match(plain.headers['content-security-policy'], /default-src 'none'/);
});

for (const theme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
        test(`accessible: ${theme}, ${width} px`, async () => {
            const page = await openPage([server.url], { theme, width });
            await page.goto(`${server.url}/docs`);
            await assertAccessible(page, '/docs');
            for (const path of await pagesOf(page)) {
                await page.goto(`${server.url}${path}`);
                if (await page.locator('#reference').count()) await page.locator('.operation').first().waitFor();
                await assertAccessible(page, path);
            }
            await closePage(page);
        });
    }
}
