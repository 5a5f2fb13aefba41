// How parameters arrive: methods, query, form and JSON, Basic, and what is no proper call at all.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';

import { basic, encode } from './support/call.mjs';
import { Server } from './support/server.mjs';

describe('parameters', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    const ways = [
        { as: 'query', method: 'GET' },
        { as: 'query', method: 'POST' },
        { as: 'form', method: 'POST' },
        { as: 'form', method: 'GET' },
        { as: 'json', method: 'POST' },
        { as: 'json', method: 'GET' },
    ];
    for (const way of ways) {
        for (const auth of ['parameters', 'basic']) {
            it(`${way.method}, ${way.as}, credentials by ${auth}: the whole verification`, async () => {
                const how = { ...way, auth };
                const id = await server.begin({}, how);
                const early = await server.cancel(id, how);
                assert.equal(early.status, '19');
                assert.equal(await server.check(id, await server.pin(id), how), '0');
                assert.equal((await server.search(id, how)).status, 'SUCCESS');
                const payment = await server.v1(
                    'psd2',
                    { number: server.number(), payee: 'Shop', amount: '2.50' },
                    how,
                );
                assert.equal(payment.body.status, '0');
            });
        }
    }

    async function raw(where, { headers = {}, body, method = 'POST' } = {}) {
        const answer = await server.send(where, {
            method,
            headers: { Authorization: basic(server.key, server.secret), ...headers },
            body,
        });
        return { ...answer, body: JSON.parse(answer.text) };
    }
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const json = { 'Content-Type': 'application/json' };
    const numberOf = async (answer) => {
        assert.equal(answer.body.status, '0', answer.text);
        return (await server.search(answer.body.request_id)).number;
    };

    it('query and body are merged, and the body wins', async () => {
        const [one, two, three, four] = [server.number(), server.number(), server.number(), server.number()];
        assert.equal(
            await numberOf(await raw(`/verify/json?number=${one}`, { headers: form, body: 'brand=Acme' })),
            one,
        );
        assert.equal(
            await numberOf(await raw(`/verify/json?number=12&brand=B`, { headers: form, body: `number=${two}` })),
            two,
        );
        const body = JSON.stringify({ number: three });
        assert.equal(await numberOf(await raw('/verify/json?number=12&brand=B', { headers: json, body })), three);
        const nothing = JSON.stringify({ number: null });
        assert.equal(
            await numberOf(await raw(`/verify/json?number=${four}&brand=B`, { headers: json, body: nothing })),
            four,
        );
    });

    it('the first of a repeated parameter wins', async () => {
        const [one, two] = [server.number(), server.number()];
        assert.equal(await numberOf(await raw(`/verify/json?number=${one}&brand=B&number=12`)), one);
        assert.equal(
            await numberOf(await raw('/verify/json', { headers: form, body: `number=${two}&number=12&brand=B` })),
            two,
        );
    });

    it('empty pairs and a trailing & are nothing', async () => {
        const [one, two] = [server.number(), server.number()];
        assert.equal(
            await numberOf(await raw('/verify/json', { headers: form, body: `&&number=${one}&brand=B&` })),
            one,
        );
        assert.equal(await numberOf(await raw(`/verify/json?number=${two}&brand=B&`)), two);
    });

    it('a form says so with a charset, a space as + and any case of the type', async () => {
        const headers = { 'Content-Type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' };
        const number = server.number();
        const answer = await raw('/verify/json', { headers, body: `number=%2B${number}&brand=My+Shop%20Ltd` });
        assert.equal(await numberOf(answer), number);
        assert.match((await server.messages({ number }))[0].text, /My Shop Ltd/);
    });

    it('JSON numbers are taken by their text', async () => {
        const number = server.number();
        const body = `{"number":${number},"payee":"Shop","amount":48.50,"code_length":6,"workflow_id":4}`;
        assert.equal(await numberOf(await raw('/verify/psd2/json', { headers: json, body })), number);
        const [message] = await server.messages({ number });
        assert.match(message.pin, /^\d{6}$/);
        assert.match(message.text, /48[.,]50/);
    });

    it('a nested value where a scalar belongs is 3', async () => {
        for (const nested of [{}, [], { a: 1 }, ['Acme', 'B']]) {
            const answer = await raw('/verify/json', {
                headers: json,
                body: JSON.stringify({ number: server.number(), brand: nested }),
            });
            assert.deepEqual(
                [answer.http, answer.body.status, answer.body.error_text],
                [200, '3', 'Invalid value for brand'],
            );
        }
    });

    it('a repeated JSON key is 3, the same value or another', async () => {
        for (const second of ['Acme', 'Other']) {
            const body = `{"number":"${server.number()}","brand":"Acme","brand":"${second}"}`;
            const answer = await raw('/verify/json', { headers: json, body });
            assert.equal(answer.body.status, '3', answer.text);
        }
    });

    it('Basic wins over credentials in parameters', async () => {
        const parameters = { number: server.number(), brand: 'Acme', api_key: 'nobody', api_secret: 'nothing' };
        const right = await raw('/verify/json', { headers: form, body: encode(parameters) });
        assert.equal(right.body.status, '0');
        const wrong = { ...parameters, number: server.number(), api_key: server.key, api_secret: server.secret };
        const headers = { ...form, Authorization: basic(server.key, 'wrong') };
        assert.equal((await raw('/verify/json', { headers, body: encode(wrong) })).body.status, '4');
    });
});

describe('a secret of odd characters', () => {
    it('survives Basic, a query, a form and JSON', async () => {
        const secret = 'a:b&c=d+e%20f/g?h#i';
        const server = await Server.start({ env: { ROGER_BOOTSTRAP_SECRET: secret } });
        try {
            server.secret = secret;
            for (const how of [{ auth: 'basic' }, { as: 'query' }, { as: 'form' }, { as: 'json' }])
                await server.begin({}, how);
        } finally {
            await server.stop();
        }
    });
});

describe('transport', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    const credentials = () => `api_key=${server.key}&api_secret=${server.secret}`;

    it('every answer has an X-Request-Id of its own', async () => {
        const ids = new Set();
        const paths = [
            '/healthz',
            '/readyz',
            '/verify/json',
            '/verify/xml',
            '/verify/yaml',
            '/nothing',
            '/verify/search/json',
        ];
        for (const where of paths) {
            const { headers } = await server.send(where);
            assert.match(headers['x-request-id'] ?? '', /^\S+$/, where);
            ids.add(headers['x-request-id']);
        }
        assert.equal(ids.size, paths.length);
    });

    it('another format word is 404', async () => {
        for (const where of [
            '/verify/yaml',
            '/verify/check/yaml',
            '/verify/search/JSONX',
            '/verify/control/',
            '/verify/psd2/html',
        ]) {
            const { http } = await server.send(`${where}?${credentials()}`);
            assert.equal(http, 404, where);
        }
    });

    it('another method is 405 and Allow names GET and POST', async () => {
        for (const method of ['PUT', 'DELETE', 'PATCH']) {
            for (const where of [
                '/verify/json',
                '/verify/check/json',
                '/verify/search/xml',
                '/verify/control/json',
                '/verify/psd2/json',
            ]) {
                const { http, headers } = await server.send(where, { method });
                assert.equal(http, 405, `${method} ${where}`);
                const allowed = (headers.allow ?? '').split(/\s*,\s*/);
                assert.ok(allowed.includes('GET') && allowed.includes('POST'), headers.allow);
            }
        }
    });

    it('a Content-Encoding is 415', async () => {
        for (const encoding of ['gzip', 'deflate', 'br']) {
            const headers = { 'Content-Type': 'application/json', 'Content-Encoding': encoding };
            const { http, text } = await server.send('/verify/json', { method: 'POST', headers, body: '{}' });
            assert.equal(http, 415);
            assert.equal(JSON.parse(text).status, '3');
        }
    });

    it('unreadable JSON is status 3, not an exception', async () => {
        for (const body of [
            '{',
            '"x"',
            '{"number":}',
            '{"a":1} x',
            '\u0000',
            '{"a":"\\ud800"}',
            '['.repeat(5000),
        ]) {
            const headers = { 'Content-Type': 'application/json', Authorization: basic(server.key, server.secret) };
            const { http, text } = await server.send('/verify/json', { method: 'POST', headers, body });
            assert.ok(http === 200 || (http >= 400 && http < 500), `HTTP ${http}`);
            assert.equal(JSON.parse(text).status, '3', `${body.slice(0, 20)}: ${text}`);
        }
    });

    it('a body that is too large is 413 with status 3', async () => {
        const body = `number=447700900001&brand=${'x'.repeat(200_000)}`;
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
        const { http, text } = await server.send('/verify/json', { method: 'POST', headers, body }).catch((error) => {
            // The server may stop reading and close: then the answer can be lost to a reset.
            assert.ok(['ECONNRESET', 'EPIPE'].includes(error.code), error.message);
            return { http: 413, text: '{"status":"3"}' };
        });
        assert.equal(http, 413);
        assert.equal(JSON.parse(text).status, '3');
    });

    /** Sends bytes as they are. @returns {Promise<string>} all that came back until the server closed */
    function exchange(bytes) {
        const { hostname, port } = new URL(server.url);
        return new Promise((resolve, reject) => {
            let got = '';
            const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
            socket.setTimeout(15_000, () => socket.destroy(new Error(`no end; so far: ${got}`)));
            socket.on('data', (chunk) => (got += chunk));
            socket.on('error', (error) => (got ? resolve(got) : reject(error)));
            socket.on('close', () => resolve(got));
        });
    }

    it('what is not HTTP is answered 400 and closed', async () => {
        const answer = await exchange('HELLO THERE\r\n\r\n');
        assert.match(answer, /^HTTP\/1\.[01] 400 /);
        assert.match(answer, /^x-request-id: \S/im);
    });

    it('two lengths, or a length and chunks, are refused', async () => {
        const start = 'POST /verify/json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
        assert.match(await exchange(`${start}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`), /^HTTP\/1\.[01] 400 /);
        const both = await exchange(`${start}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
        assert.match(both, /^HTTP\/1\.[01] 400 /);
    });

    it('pipelined requests are answered in their order', async () => {
        const one = `GET /verify/search/json?request_id=aaa1&${credentials()} HTTP/1.1\r\nHost: x\r\n\r\n`;
        const two = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
        const all = await exchange(one + one + two);
        assert.equal(all.match(/HTTP\/1\.1 200 /g)?.length, 3, all);
        assert.ok(all.lastIndexOf('"101"') < all.lastIndexOf('HTTP/1.1 200'));
    });
});

describe('health', () => {
    it('is told on both questions', async () => {
        const server = await Server.start();
        try {
            assert.equal((await server.send('/healthz')).http, 200);
            const ready = await server.send('/readyz');
            assert.equal(ready.http, 200);
            const said = JSON.parse(ready.text);
            assert.deepEqual([said.status, said.sandbox], ['ready', true]);
            assert.match(await server.metrics(), /^# (HELP|TYPE) roger_/m);
        } finally {
            await server.stop();
        }
    });
});
