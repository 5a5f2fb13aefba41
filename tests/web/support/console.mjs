// The console's own ways: users are made over the control socket, as an operator on the machine can.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';

export const password = 'correct horse battery staple';

/** One of the operator's calls, over the control socket. @returns {Promise<{http: number, body: any}>} */
export function control(server, method, where, body) {
    return new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const headers = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
        const request = http.request({ socketPath: path.join(server.data, 'control.sock'), path: `/admin/v1${where}`, method, headers }, (response) => {
            let answer = '';
            response.setEncoding('utf8');
            response.on('data', (chunk) => (answer += chunk));
            response.on('end', () => resolve({ http: response.statusCode, body: answer === '' ? undefined : JSON.parse(answer) }));
            response.on('error', reject);
        });
        request.on('error', reject);
        request.end(text);
    });
}

export async function makeUser(server, name = 'anna', scope = 'admin', numbers = true) {
    const made = await control(server, 'POST', '/users', { name, scope, numbers, password });
    assert.equal(made.http, 201, JSON.stringify(made.body));
}

export async function signIn(page, server, name = 'anna', secret = password) {
    await page.goto(server.adminUrl);
    await page.getByTestId('login-user').fill(name);
    await page.getByTestId('login-password').fill(secret);
    await page.getByTestId('login-go').click();
}

/** Opens one of the console's pages, and waits until it has read what it shows. */
export async function open(page, server, where) {
    await page.goto(`${server.adminUrl}/#/${where}`);
    await page.locator('main h1').waitFor();
    await page.waitForFunction(() => !document.querySelector('.loading'));
}
