// Every page of the console, for whoever hears it, enlarges it or holds it in a hand. A file for each theme: the runner
// gives a file five minutes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server } from '../../e2e/support/server.mjs';
import { assertAccessible, closeBrowser, closePage, openPage } from './browser.mjs';
import { makeUser, open, signIn } from './console.mjs';

export function isAccessible(theme) {
    let server;
    const places = ['overview', 'conversions', 'requests', 'refusals', 'accounts', 'templates', 'routes', 'audit', 'access'];
    before(async () => {
        server = await Server.start();
        await makeUser(server);
        const id = await server.begin();
        await server.v1('start', { number: '12', brand: 'Acme' });
        places.push(`requests/${id}`, `accounts/${server.key}`);
        places.push('limits/rules', 'limits/deny', 'limits/blocks', 'limits/spend');
    });
    after(async () => {
        await closeBrowser();
        await server.stop();
    });

    for (const width of [360, 1280]) {
        test(`${theme}, ${width} px`, async () => {
            const page = await openPage([server.adminUrl], { theme, width, refused: /status of 401/ });
            await page.goto(server.adminUrl);
            await page.getByTestId('login-user').waitFor();
            await assertAccessible(page, 'sign in');
            await signIn(page, server);
            await page.getByTestId('live-starts').waitFor();
            for (const place of places) {
                await open(page, server, place);
                assert.equal(await page.getByText('This could not be read').count(), 0, place);
                await assertAccessible(page, place);
            }
            await closePage(page);
        });
    }
}
