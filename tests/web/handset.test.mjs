// A newcomer plays the whole product on /handset.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server } from '../e2e/support/server.mjs';
import { assertAccessible, closeBrowser, closePage, openPage } from './support/browser.mjs';
import { phone, signIn, start, waitForStatus } from './support/handset.mjs';

let server;
before(async () => {
    server = await Server.start();
});
after(async () => {
    await closeBrowser();
    await server.stop();
});

const open = async (options) => {
    const page = await openPage([server.url], options);
    await signIn(page, server);
    return page;
};

test('a verification to success, with the code read from the bubble', async () => {
    const page = await open();
    const number = server.number();
    await start(page, number);
    const code = await phone(page, number).getByTestId('bubble-code').textContent();
    assert.match(code, /^\d{4}$/);
    await phone(page, number).getByRole('button', { name: 'Use' }).click();
    assert.equal(await page.getByTestId('check-code').inputValue(), code);
    await page.getByTestId('check-go').click();
    await waitForStatus(page, 'Verified');
    assert.match(await page.getByTestId('timeline').textContent(), /arrived/);
    await closePage(page);
});

test('it goes to a call, which is answered and heard, and its code is right', async () => {
    const page = await open();
    const number = server.number();
    await start(page, number, { workflow_id: '5' });
    await page.getByTestId('clock-next').click();
    await phone(page, number).getByTestId('call-answer').click();
    const heard = await phone(page, number).locator('audio').evaluate(
        (audio) =>
            new Promise((resolve) => {
                const done = () => audio.currentTime > 0 && resolve(audio.duration);
                audio.addEventListener('timeupdate', done);
                done();
            }),
    );
    assert.ok(heard > 2, `${heard} s of speech`);
    const loud = await phone(page, number).getByTestId('waveform').locator('rect').evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))));
    assert.ok(loud.length > 20 && Math.max(...loud) > 20 && Math.min(...loud) < Math.max(...loud), 'a waveform of speech');
    await phone(page, number).getByRole('button', { name: '1', exact: true }).click();
    const [{ pin }] = await server.messages({ number });
    await page.getByTestId('check-code').fill(pin);
    await page.getByTestId('check-go').click();
    await waitForStatus(page, 'Verified');
    await closePage(page);
});

test('a declined call is told, and the next event is triggered by hand', async () => {
    const page = await open();
    const number = server.number();
    await start(page, number, { workflow_id: '3' });
    await phone(page, number).getByTestId('call-decline').click();
    await page.getByTestId('timeline').getByText(/failed/).waitFor();
    await page.getByTestId('trigger').click();
    await phone(page, number).getByTestId('call-answer').waitFor();
    await phone(page, number).getByTestId('call-answer').click();
    await phone(page, number).getByTestId('call-hangup').click();
    await closePage(page);
});

test('cancel is refused at first, and done after half a minute', async () => {
    const page = await open();
    await start(page, server.number());
    await page.getByTestId('cancel').click();
    await page.getByTestId('verdict').getByText(/within the first 30 seconds/).waitFor();
    await page.getByRole('button', { name: '+30 s' }).click();
    await page.waitForFunction(() => !document.querySelector('[data-testid="cancel"]').disabled);
    await page.getByTestId('cancel').click();
    await waitForStatus(page, 'Cancelled');
    await closePage(page);
});

test('a wrong code is told; the whole workflow passes in an instant', async () => {
    const page = await open();
    const number = server.number();
    await start(page, number, { workflow_id: '4' });
    const code = await phone(page, number).getByTestId('bubble-code').textContent();
    await page.getByTestId('check-code').fill(code === '0000' ? '1111' : '0000');
    await page.getByTestId('check-go').click();
    await page.getByTestId('verdict').getByText(/does not match/).waitFor();
    await page.getByTestId('clock-end').click();
    await waitForStatus(page, 'Expired');
    assert.equal(await phone(page, number).getByTestId('bubble-code').count(), 2);
    await closePage(page);
});

test('three phones side by side, each with its own messages', async () => {
    const page = await open();
    const numbers = [server.number(), server.number(), server.number()];
    for (const number of numbers) await start(page, number);
    for (const number of numbers) assert.equal(await phone(page, number).getByTestId('bubble-code').count(), 1);
    await closePage(page);
});

test('a refusal is shown with its status and reason', async () => {
    const page = await open();
    await page.getByTestId('handset-number').fill('123');
    await page.getByTestId('handset-start').click();
    await page.getByTestId('refusal').getByText(/status 3: Invalid value for number/).waitFor();
    await closePage(page);
});

test('the code for every language names what was chosen', async () => {
    const page = await open();
    await page.locator('.start [name="lg"]').selectOption('de-de');
    await page.locator('.start [name="code_length"]').selectOption('6');
    await page.getByText('The code for it').click();
    const wanted = { curl: 'code_length=6', Node: 'codeLength: 6', Python: 'code_length=6', Java: '.length(6)', PHP: 'setCodeLength(6)', Ruby: 'code_length: 6', 'C#': 'CodeLength = 6', Go: 'CodeLength: 6' };
    for (const [language, line] of Object.entries(wanted)) {
        await page.getByRole('tab', { name: language, exact: true }).click();
        const code = await page.locator('.samples pre').textContent();
        assert.ok(code.includes(line) && code.includes('de-de'), `${language}: ${code}`);
        assert.ok(!code.includes(server.secret), 'no secret on the screen');
    }
    await closePage(page);
});

test('wrong credentials are refused in words', async () => {
    const page = await openPage([server.url], { refused: /401/ });
    await page.goto(`${server.url}/handset`);
    await page.getByTestId('login-key').fill(server.key);
    await page.getByTestId('login-secret').fill('not the secret');
    await page.getByTestId('login-go').click();
    await page.getByRole('alert').getByText(/key and secret/).waitFor();
    await closePage(page);
});

test('phones connect again when the server was away', async () => {
    const own = await Server.start();
    const page = await openPage([own.url], { refused: /ERR_/ });
    await signIn(page, own);
    const number = own.number();
    await start(page, number);
    await own.kill();
    const back = await Server.start({ data: own.data, listen: new URL(own.url).host });
    await page.waitForFunction(() => document.querySelector('.phone [role="status"]').textContent === 'Connected');
    const other = own.number();
    await start(page, other);
    await phone(page, other).getByTestId('bubble-code').waitFor();
    await closePage(page);
    await back.stop();
});

for (const theme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
        test(`accessible: ${theme}, ${width} px`, async () => {
            const page = await openPage([server.url], { theme, width });
            await page.goto(`${server.url}/handset`);
            await assertAccessible(page, 'sign in');
            await signIn(page, server);
            const number = server.number();
            await assertAccessible(page, 'empty');
            await start(page, number);
            await phone(page, number).getByTestId('bubble-code').waitFor();
            await page.getByText('More parameters').click();
            await page.getByText('The code for it').click();
            await page.getByText('Request and answer').click();
            await assertAccessible(page, 'with a message');
            await page.getByTestId('clock-next').click();
            await phone(page, number).getByTestId('call-answer').click();
            await assertAccessible(page, 'in a call');
            await closePage(page);
        });
    }
}
