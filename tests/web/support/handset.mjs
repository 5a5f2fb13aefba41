// What a person does on /handset, as a page object.
import assert from 'node:assert/strict';

export async function signIn(page, server) {
    await page.goto(`${server.url}/handset`);
    await page.getByTestId('login-key').fill(server.key);
    await page.getByTestId('login-secret').fill(server.secret);
    await page.getByTestId('login-go').click();
    await page.getByTestId('handset-start').waitFor();
}

/** Starts a verification with these values of the form. @returns {Promise<string>} its id */
export async function start(page, number, choices = {}) {
    await page.getByTestId('handset-number').fill(number);
    for (const [name, value] of Object.entries(choices)) {
        const field = page.locator(`.start [name="${name}"]`);
        if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
        else await field.fill(value);
    }
    const before = await page.getByTestId('request-id').textContent({ timeout: 100 }).catch(() => '');
    await page.getByTestId('handset-start').click();
    await page.waitForFunction((old) => {
        const shown = document.querySelector('[data-testid="request-id"]')?.textContent ?? '';
        return shown !== '' && shown !== old;
    }, before);
    const id = await page.getByTestId('request-id').textContent();
    assert.match(id, /^[0-9a-f]{32}$/);
    return id;
}

export const status = (page) => page.getByTestId('request-status').textContent();

export async function waitForStatus(page, wanted) {
    await page.waitForFunction((text) => document.querySelector('[data-testid="request-status"]')?.textContent === text, wanted);
}

export const phone = (page, number) => page.locator(`.phone[data-number="${number}"]`);
