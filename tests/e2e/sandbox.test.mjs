// The virtual phone: messages, the stream, the clock, the fates of numbers, and nothing of it on a live server.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';

import { basic } from './support/call.mjs';
import { Server, poll, roger, temporaryDirectory } from './support/server.mjs';

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Reads server-sent events until `enough` came. @returns {Promise<{ended: Promise<object[]>}>} once it is open */
function openStream(server, where, enough) {
    return new Promise((open, refuse) => {
        const headers = { Authorization: basic(server.key, server.secret), Accept: 'text/event-stream' };
        const request = http.get(new URL(where, server.url), { headers }, (response) => {
            assert.equal(response.statusCode, 200);
            assert.match(response.headers['content-type'], /^text\/event-stream/);
            assert.equal(response.headers['roger-sandbox'], 'on');
            let text = '';
            const events = [];
            const ended = new Promise((done, fail) => {
                const timer = setTimeout(
                    () => request.destroy(new Error(`only ${events.length} events: ${text}`)),
                    10_000,
                );
                response.on('error', fail);
                response.on('data', (chunk) => {
                    text += chunk;
                    for (let at; (at = text.search(/\r?\n\r?\n/)) >= 0; ) {
                        const lines = text.slice(0, at).split(/\r?\n/);
                        text = text.slice(at).replace(/^\r?\n\r?\n/, '');
                        const data = lines
                            .filter((line) => line.startsWith('data:'))
                            .map((line) => line.slice(5).trim());
                        if (data.length) events.push(...[JSON.parse(data.join('\n'))].flat());
                    }
                    if (events.length < enough) return;
                    clearTimeout(timer);
                    done(events);
                    request.destroy();
                });
            });
            open({ ended });
        });
        request.on('error', refuse);
    });
}

describe('the sandbox', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    const wanted = [
        'request_id',
        'event_id',
        'number',
        'channel',
        'sender',
        'locale',
        'voice',
        'text',
        'pin',
        'at',
        'audio_url',
    ];

    it('shows messages newest first, with every field', async () => {
        const number = server.number();
        const id = await server.begin({ number, brand: 'My Shop', lg: 'en-us', voice: 'male' });
        assert.equal((await server.next(id)).status, '0');
        const [call, sms, ...rest] = await server.messages({ number });
        assert.deepEqual(rest, []);
        for (const message of [call, sms]) {
            for (const name of wanted) assert.ok(name in message, `${name} in ${JSON.stringify(message)}`);
            assert.equal(message.request_id, id);
            assert.equal(message.number, number);
            assert.equal(message.locale, 'en-us');
            assert.match(message.at, moment);
            assert.match(message.event_id, /^[0-9A-F]{16}$/);
        }
        assert.deepEqual([call.channel, sms.channel], ['tts', 'sms']);
        assert.ok(call.at >= sms.at);
        assert.notEqual(call.event_id, sms.event_id);
        assert.equal(sms.text, `My Shop code: ${sms.pin}. Valid for 5 minutes.`);
        assert.match(call.text, /My Shop/);
        assert.equal(call.voice, 'male');
        const events = (await server.search(id)).events.map((event) => event.id);
        assert.deepEqual(events, [sms.event_id, call.event_id]);
    });

    it('filters by number with or without +, by request and by limit', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        await server.begin();
        for (const filter of [{ number }, { number: `+${number}` }, { request_id: id }]) {
            const found = await server.messages(filter);
            assert.deepEqual(
                found.map((message) => message.request_id),
                [id],
                JSON.stringify(filter),
            );
        }
        assert.equal((await server.messages({ limit: 1 })).length, 1);
        assert.deepEqual(await server.messages({ number: '447700900899' }), []);
    });

    it('orders and limits by message, not by request', async () => {
        const older = await server.begin();
        await server.begin();
        assert.equal((await server.next(older)).status, '0');
        const [newest] = await server.messages({ limit: 1 });
        assert.deepEqual([newest.request_id, newest.channel], [older, 'tts']);
    });

    it('shows at most 100', async () => {
        await Promise.all(Array.from({ length: 120 }, () => server.begin()));
        assert.equal((await server.messages({})).length, 100);
        assert.equal((await server.messages({ limit: 100 })).length, 100);
    });

    it('a PIN can be read as soon as its start was answered', async () => {
        await Promise.all(
            Array.from({ length: 40 }, async () => {
                const id = await server.begin();
                assert.equal((await server.messages({ request_id: id })).length, 1);
            }),
        );
    });

    it('belongs to the account that asks, and asks for credentials', async () => {
        const other = await server.account('--rate', '0');
        const number = server.number();
        await server.begin({ number });
        assert.deepEqual(await server.messages({ number }, other), []);
        for (const where of ['/sandbox/messages', '/sandbox/stream', '/sandbox/calls']) {
            const without = await server.send(where);
            assert.ok([401, 403].includes(without.http), `${where}: HTTP ${without.http}`);
            const wrong = await server.send(where, { headers: { Authorization: basic(server.key, 'wrong') } });
            assert.ok([401, 403].includes(wrong.http), `${where}: HTTP ${wrong.http}`);
        }
        const headers = { Authorization: basic(other.key, other.secret), 'Content-Type': 'application/json' };
        const clock = await server.send('/sandbox/clock', { method: 'POST', headers, body: '{"advance_seconds":60}' });
        assert.ok([401, 403].includes(clock.http), `only the bootstrap account moves the clock: HTTP ${clock.http}`);
    });

    it('streams the same messages as they come', async () => {
        const number = server.number();
        const { ended } = await openStream(server, `/sandbox/stream?number=${number}`, 2);
        await server.begin();
        const id = await server.begin({ number });
        assert.equal((await server.next(id)).status, '0');
        const streamed = await ended;
        assert.deepEqual(streamed, (await server.messages({ number })).reverse());
    });

    it('refuses clock values out of 1 to 86400', async () => {
        const headers = { Authorization: basic(server.key, server.secret), 'Content-Type': 'application/json' };
        for (const body of [
            '{"advance_seconds":0}',
            '{"advance_seconds":86401}',
            '{"advance_seconds":-1}',
            '{"advance_seconds":"x"}',
            '{}',
            '',
        ]) {
            const { http: status } = await server.send('/sandbox/clock', { method: 'POST', headers, body });
            assert.ok(status >= 400 && status < 500, `${body}: HTTP ${status}`);
        }
        assert.equal((await server.clock(1)).advanced_seconds, 1);
    });

    it('remembers its messages and its clock over a restart', async () => {
        const data = temporaryDirectory();
        const first = await Server.start({ data });
        const number = first.number();
        const id = await first.begin({ number });
        const { now } = await first.clock(3600);
        const messages = await first.messages({ number });
        assert.equal(messages.length, 3);
        await first.stop();
        const second = await Server.start({ data });
        try {
            assert.deepEqual(await second.messages({ number }), messages);
            assert.equal((await second.search(id)).status, 'EXPIRED');
            assert.ok((await second.clock(1)).now > now, 'service time never goes back');
        } finally {
            await second.stop();
        }
    });
});

describe('the fates of numbers', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    async function begin(number, parameters = {}) {
        const id = await server.begin({ number, ...parameters });
        return { id, messages: async () => (await server.messages({ request_id: id })).reverse() };
    }
    const eventsOf = async (id) => (await server.search(id)).events.map((event) => event.type);
    async function receipts(state) {
        let sum = 0;
        for (const line of (await server.metrics()).split('\n')) {
            if (line.startsWith('roger_receipts_total{') && line.includes(`state="${state}"`))
                sum += Number(line.split(' ').at(-1));
        }
        return sum;
    }

    it('…000: delivered at once', async () => {
        const before = await receipts('delivered');
        const { id, messages } = await begin('447700900000');
        assert.equal((await messages()).length, 1);
        await poll(async () => ((await receipts('delivered')) > before ? true : undefined), 'a receipt');
        assert.equal(await server.check(id, (await messages())[0].pin), '0');
    });

    it('…900: the receipt comes after 20 s', async () => {
        const { messages } = await begin('447700900900');
        assert.equal((await messages()).length, 1);
        const before = await receipts('delivered');
        await server.clock(15);
        assert.equal(await receipts('delivered'), before);
        await server.clock(10);
        await poll(async () => ((await receipts('delivered')) > before ? true : undefined), 'a receipt');
    });

    it('…901: accepted, never a receipt; the PIN is good all the same', async () => {
        const { id, messages } = await begin('447700900901');
        const before = await receipts('delivered');
        await server.clock(100);
        assert.equal(await receipts('delivered'), before);
        assert.equal(await server.check(id, (await messages())[0].pin), '0');
    });

    it('…902: refused for good: no event is shown, the request runs to its end', async () => {
        const { id } = await begin('447700900902');
        await poll(async () => {
            const found = await server.search(id);
            assert.equal(found.status, 'IN PROGRESS');
            return found.events.length === 0 ? true : undefined;
        }, 'all events failed');
        await server.clock(86_400);
        const found = await server.search(id);
        assert.equal(found.status, 'EXPIRED');
        assert.deepEqual(found.events, []);
    });

    it('…903: the receipt says failed after 5 s, and the next event comes due at once', async () => {
        const { id } = await begin('447700900903', { workflow_id: '4' });
        const [first] = (await server.search(id)).events;
        await server.clock(8);
        const events = (await server.search(id)).events;
        assert.equal(events.length, 1, 'the failed one is not shown, the second did not wait for its 120 s');
        assert.notEqual(events[0].id, first.id);
        await server.clock(8);
        const found = await server.search(id);
        assert.deepEqual([found.status, found.events], ['IN PROGRESS', []]);
    });

    it('…908: unknown outcome: not sent again before the next event is due', async () => {
        const { id, messages } = await begin('447700900908', { workflow_id: '4' });
        await server.clock(60);
        assert.equal((await server.search(id)).status, 'IN PROGRESS');
        assert.equal((await eventsOf(id)).length, 1);
        assert.ok((await messages()).length <= 1, 'an unknown outcome is not repeated');
        await server.clock(80);
        assert.equal((await eventsOf(id)).length, 2);
    });

    it('…909: throttled twice, then accepted: one message', async () => {
        const { id, messages } = await begin('447700900909', { workflow_id: '6' });
        await server.clock(20);
        await poll(async () => ((await messages()).length === 1 ? true : undefined), 'the message');
        assert.deepEqual(await eventsOf(id), ['sms']);
        assert.equal(await server.check(id, (await messages())[0].pin), '0');
    });
});

describe('a live server', () => {
    it('knows no sandbox, and is not ready without a route', async () => {
        const data = temporaryDirectory();
        const off = await roger(['sandbox', 'off', '--data', data]);
        assert.equal(off.code, 0, off.stderr);
        const server = await Server.start({ data });
        try {
            const headers = { Authorization: basic(server.key, server.secret) };
            for (const where of ['/sandbox/messages', '/sandbox/stream', '/sandbox/calls', '/handset']) {
                const { http: status, headers: answered } = await server.send(where, { headers });
                assert.equal(status, 404, where);
                assert.equal(answered['roger-sandbox'], undefined);
            }
            const clock = await server.send('/sandbox/clock', {
                method: 'POST',
                headers,
                body: '{"advance_seconds":60}',
            });
            assert.equal(clock.http, 404);
            assert.equal((await server.send('/readyz')).http, 503);
            assert.equal((await server.send('/healthz')).http, 200);
            const { body } = await server.v1('start', { number: server.number(), brand: 'Acme' });
            assert.equal(body.status, '15', 'no route serves it, and no page shows its PIN');
        } finally {
            await server.stop();
        }
    });
});
