// Somebody is signed in and transfers money: a code to the number on file, bound to payee and amount, confirms it.
//   ROGER_URL=http://127.0.0.1:8080 ROGER_KEY=… ROGER_SECRET=… NUMBER=447700900123 node server.mjs
import fs from 'node:fs';
import http from 'node:http';

import { Vonage } from '@vonage/server-sdk';

const { ROGER_URL: apiHost = 'http://127.0.0.1:8080', ROGER_KEY: apiKey, ROGER_SECRET: apiSecret, NUMBER = '447700900123', PORT = '3001' } = process.env;
if (!apiKey || !apiSecret) {
    process.stderr.write('Set ROGER_KEY and ROGER_SECRET to the key and secret of an account (roger account create).\n');
    process.exit(2);
}
const { verify } = new Vonage({ apiKey, apiSecret }, { apiHost });
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'";
const read = (name) => fs.readFileSync(new URL(name, import.meta.url));
const files = {
    '/': ['text/html; charset=utf-8', read('page.html')],
    '/page.js': ['text/javascript', read('page.js')],
    '/page.css': ['text/css', read('page.css')],
};

// One customer, to keep the example small. The number is the one on file: it is never taken from the page.
const customer = { number: NUMBER, balance: 1000, pending: undefined };

const calls = {
    /** The code's message says payee and amount, so that a code that was tricked out of somebody confirms nothing else. */
    async '/transfer'({ payee, amount }) {
        const value = Number(amount);
        if (!(value > 0 && value <= customer.balance)) return { ok: false, text: 'The amount is not covered.' };
        const answer = await verify.start({ number: customer.number, payee, amount: value, workflowId: 1 });
        if (answer.status === '10') return { ok: false, text: 'Another transfer waits for its code. Finish that one first.' };
        if (answer.status !== '0') return { ok: false, text: 'We cannot reach your phone at the moment.' };
        // What was confirmed is what was asked: nothing of it comes from the page again.
        customer.pending = { requestId: answer.requestId, payee, amount: value };
        return { ok: true, text: 'Type the code that we have sent to your phone.' };
    },

    async '/confirm'({ code }) {
        const { pending } = customer;
        if (!pending) return { ok: false, text: 'There is no transfer to confirm.' };
        const { status } = await verify.check(pending.requestId, code);
        if (status === '16') return { ok: false, text: 'That code is not right. Try again.' };
        customer.pending = undefined;
        if (status !== '0') return { ok: false, restart: true, text: 'That code is no longer good. Nothing was transferred.' };
        customer.balance -= pending.amount;
        return { ok: true, done: true, text: `${pending.amount.toFixed(2)} € went to ${pending.payee}. Balance: ${customer.balance.toFixed(2)} €.` };
    },
};

async function bodyOf(request) {
    let text = '';
    for await (const chunk of request) {
        text += chunk;
        if (text.length > 4096) throw new Error('too long');
    }
    return JSON.parse(text || '{}');
}

const server = http.createServer(async (request, response) => {
    const file = files[request.url];
    if (request.method === 'GET' && file) {
        response.writeHead(200, { 'Content-Type': file[0], 'Content-Security-Policy': policy }).end(file[1]);
        return;
    }
    const call = calls[request.url];
    if (request.method !== 'POST' || !call || request.headers['content-type'] !== 'application/json') {
        response.writeHead(404).end();
        return;
    }
    let answer;
    try {
        answer = await call(await bodyOf(request));
    } catch (error) {
        process.stderr.write(`${request.url}: ${error.message}\n`);
        answer = { ok: false, text: 'Something went wrong. Nothing was transferred.' };
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
});
server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`transfers on http://127.0.0.1:${server.address().port}\n`));
