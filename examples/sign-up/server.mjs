// A site that makes an account for whoever holds the number: start, ask for the code, check.
//   ROGER_URL=http://127.0.0.1:8080 ROGER_KEY=… ROGER_SECRET=… node server.mjs
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';

import { Vonage } from '@vonage/server-sdk';

const { ROGER_URL: apiHost = 'http://127.0.0.1:8080', ROGER_KEY: apiKey, ROGER_SECRET: apiSecret, PORT = '3000' } = process.env;
if (!apiKey || !apiSecret) {
    process.stderr.write('Set ROGER_KEY and ROGER_SECRET to the key and secret of an account (roger account create).\n');
    process.exit(2);
}
// The client library as it is; only the base URL is ours.
const { verify } = new Vonage({ apiKey, apiSecret }, { apiHost });
const page = fs.readFileSync(new URL('page.html', import.meta.url));
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'";
const files = {
    '/': ['text/html; charset=utf-8', page],
    '/page.js': ['text/javascript', fs.readFileSync(new URL('page.js', import.meta.url))],
    '/page.css': ['text/css', fs.readFileSync(new URL('page.css', import.meta.url))],
};

// What a real site keeps in its database. The request_id never reaches the page: it stays with the session.
const sessions = new Map(); // cookie to {requestId, number}
const accounts = new Map(); // number to when it was verified

function sessionOf(request, response) {
    let id = /(?:^|; )session=([0-9a-f]{32})/.exec(request.headers.cookie ?? '')?.[1];
    if (!id || !sessions.has(id)) {
        id = crypto.randomBytes(16).toString('hex');
        sessions.set(id, {});
        response.setHeader('Set-Cookie', `session=${id}; HttpOnly; SameSite=Strict; Path=/`);
    }
    return sessions.get(id);
}

const calls = {
    /** Sends the code. A number that is being verified already (10) goes on with its running request. */
    async '/start'(session, { number }, address) {
        const answer = await verify.start({ number, brand: 'Acme', ipAddress: address, workflowId: 1 });
        if (answer.status !== '0' && answer.status !== '10') return { ok: false, text: sentenceFor(answer.status) };
        Object.assign(session, { requestId: answer.requestId, number });
        return { ok: true, text: 'We have sent you a code.' };
    },

    async '/check'(session, { code }) {
        if (!session.requestId) return { ok: false, text: 'Ask for a code first.' };
        const { status } = await verify.check(session.requestId, code);
        if (status === '16') return { ok: false, text: 'That code is not right. Try again.' };
        if (status !== '0') return { ok: false, restart: true, text: 'That code is no longer good. Ask for a new one.' };
        accounts.set(session.number, new Date());
        delete session.requestId;
        return { ok: true, done: true, text: 'Welcome! The number is yours.' };
    },

    /** "Call me instead": the next event of the same request, not a second start. */
    async '/call'(session) {
        if (!session.requestId) return { ok: false, text: 'Ask for a code first.' };
        const { status } = await verify.trigger(session.requestId);
        return status === '0' ? { ok: true, text: 'We are calling you.' } : { ok: false, text: 'There is no other way to send it any more.' };
    },
};

function sentenceFor(status) {
    if (status === '3') return 'This is no number that we can reach. Write it with its country, as +44 7700 900123.';
    if (status === '15') return 'We cannot send codes to this country yet.';
    if (status === '1') return 'Many people are signing up. Try again in a moment.';
    return 'We cannot send a code to this number.';
}

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
    // JSON cannot be sent by a form of another site.
    if (request.method !== 'POST' || !call || request.headers['content-type'] !== 'application/json') {
        response.writeHead(404).end();
        return;
    }
    let answer;
    try {
        answer = await call(sessionOf(request, response), await bodyOf(request), request.socket.remoteAddress);
    } catch (error) {
        process.stderr.write(`${request.url}: ${error.message}\n`);
        answer = { ok: false, text: 'Something went wrong. Try again in a moment.' };
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
});
server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`sign up on http://127.0.0.1:${server.address().port}\n`));
