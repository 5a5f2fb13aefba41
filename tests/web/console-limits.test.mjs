// Whom the console keeps from starting, and whom it lets start again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server, poll } from '../e2e/support/server.mjs';
import { closeBrowser, closePage, openPage } from './support/browser.mjs';
import { control, makeUser, open, signIn } from './support/console.mjs';

const server = await Server.start({ config: '[guard]\nsandbox = "enforce"\n' });
before(() => makeUser(server));
after(async () => {
    await closeBrowser();
    await server.stop();
});

async function console_() {
    const page = await openPage([server.adminUrl], { refused: /status of 401/ });
    await signIn(page, server);
    await page.getByTestId('live-starts').waitFor();
    return page;
}

test('a number on the deny list is refused, and the refusal explained', async () => {
    const page = await console_();
    const number = server.number();
    await open(page, server, 'limits/deny');
    await page.getByTestId('list-add').fill(number);
    await page.getByTestId('list-add-go').click();
    await page.locator('.entries').getByText(`+${number}`).waitFor();
    assert.equal((await server.v1('start', { number, brand: 'Acme' })).body.status, '7');
    await poll(async () => {
        const { body } = await control(server, 'GET', `/refusals?number=${number}`);
        return body.refusals.length > 0 ? true : undefined;
    }, 'the refusal is known');
    await open(page, server, `refusals?search=${number}`);
    assert.match(await page.locator('tbody tr').first().textContent(), /start.*7.*deny/s);
    await open(page, server, 'limits/deny');
    await page.getByRole('button', { name: `Remove +${number}` }).click();
    await page.getByText('The list is empty').waitFor();
    await closePage(page);
});

test('a number that typed too many wrong codes is unblocked', async () => {
    const number = server.number();
    const start = async () => {
        await server.clock(31); // not more than two starts in 30 s
        return (await server.v1('start', { number, brand: 'Acme' })).body;
    };
    for (let i = 0; i < 3; ++i) {
        const { request_id: id } = await start();
        for (let wrong = 0; wrong < 3; ++wrong) await server.check(id, '0000000000');
    }
    assert.equal((await start()).status, '7');
    const page = await console_();
    await open(page, server, 'limits/blocks');
    await page.getByTestId('search-box').fill(number);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByTestId('unblock').first().click();
    await page.getByText('The number may start again.').waitFor();
    assert.equal((await start()).status, '0');
    await closePage(page);
});

test('a rule is set to observe, and back to what is configured', async () => {
    const { body } = await control(server, 'GET', '/rules');
    const [name] = Object.keys(body.rules);
    const page = await console_();
    await open(page, server, 'limits/rules');
    await page.getByLabel(`Mode of ${name}`).selectOption('observe');
    await poll(async () => ((await control(server, 'GET', '/rules')).body.rules[name].set === 'observe' ? true : undefined), 'it is set');
    await page.waitForFunction(() => !document.querySelector('td select:disabled'));
    await page.getByLabel(`Mode of ${name}`).selectOption('');
    await poll(async () => ((await control(server, 'GET', '/rules')).body.rules[name].set === null ? true : undefined), 'it is as configured');
    await closePage(page);
});
