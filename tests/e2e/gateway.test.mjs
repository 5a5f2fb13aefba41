// SMS over HTTP: each API's own bytes, its receipts back, and what is done when it behaves badly.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { story } from './support/admin.mjs';
import { Elks, Infobip, OwnApi, Twilio, Vonage, publicUrl } from './support/gateways.mjs';
import { Server, poll, roger, temporaryDirectory } from './support/server.mjs';
import { Smsc, pinIn, status } from './support/smsc.mjs';

const peers = [];
async function start(kind, ...given) {
    const started = await kind.start(...given);
    peers.push(started);
    return started;
}
after(() => Promise.all(peers.map((each) => each.stop())));

const head = `[server]\npublic_url = "${publicUrl}"\n`;

async function metric(server, series) {
    const line = (await server.metrics()).split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
}
const metricReaches = (server, series, value) =>
    poll(async () => ((await metric(server, series)) >= value ? true : undefined), `${series} ≥ ${value}`);

const eventOf = async (server, id) => (await story(server, id)).events.at(-1);
const eventIs = (server, id, state) =>
    poll(async () => {
        const event = await eventOf(server, id);
        return event.state === state ? event : undefined;
    }, `the event is ${state}`);

/** Nothing that is secret, and no number, in what the server wrote. */
function assertSilent(server, ...secrets) {
    const wrote = server.stderr + server.stdout;
    for (const secret of secrets) assert.ok(!wrote.includes(secret), `the log has ${secret}`);
    assert.doesNotMatch(wrote, /4477009\d{5}/);
}

for (const { kind, delivered, failed, secrets } of [
    { kind: Vonage, delivered: 'delivered', failed: 'failed', secrets: ['abcdef0123456789', 'vonage-signature-secret'] },
    { kind: Twilio, delivered: 'delivered', failed: 'undelivered', secrets: ['twilio-auth-token'] },
    { kind: Infobip, delivered: 'DELIVERED', failed: 'UNDELIVERABLE', secrets: ['infobip-api-key'] },
    { kind: Elks, delivered: 'delivered', failed: 'failed', secrets: ['elks-password'] },
    { kind: OwnApi, delivered: 'DELIVRD', failed: 'UNDELIV', secrets: ['own-bearer-token', 'own-receipt-secret'] },
]) {
    describe(`over ${kind.name}`, () => {
        let gateway;
        let server;
        const name = kind.name.toLowerCase();
        before(async () => {
            gateway = await start(kind, name);
            server = await Server.start({ config: head + gateway.route() });
        });
        after(() => server?.stop());
        const callBack = (message, ...how) => gateway.call(server, message.callback, gateway.receipt(message, ...how));

        it('verifies a number, and its receipt finds the event', async () => {
            const number = server.number();
            const id = await server.begin({ number });
            const message = await gateway.to(number);
            assert.equal(await callBack(message, delivered), 200);
            await metricReaches(server, `roger_receipts_total{matched="yes",route="${name}",state="delivered"}`, 1);
            const event = await eventOf(server, id);
            assert.deepEqual([event.state, event.route, event.peer_ids], ['delivered', name, [message.id]]);
            assert.deepEqual([event.attempt, event.segments, event.price], [1, 1, '0.03500000']);
            assert.equal(await server.check(id, pinIn(message.text)), '0');
            assert.equal((await server.search(id)).status, 'SUCCESS');
        });

        it('writes any language', async () => {
            const number = server.number();
            await server.begin({ number, lg: 'ja-jp', brand: 'Bäcker & Söhne 1+1' });
            const message = await gateway.to(number);
            assert.ok(message.text.includes('Bäcker & Söhne 1+1'), message.text);
            assert.match(message.text, /[\u3040-\u30ff]/);
        });

        it('takes a receipt that is ahead of its answer', async () => {
            const number = server.number();
            let called;
            gateway.ahead = (message) => {
                called = callBack(message, delivered);
                return server.send('/healthz'); // by then the receipt is there, too
            };
            const id = await server.begin({ number });
            const message = await gateway.to(number);
            await eventIs(server, id, 'delivered');
            assert.equal(await called, 200, 'when it is stored');
            const event = await eventOf(server, id);
            assert.deepEqual([event.route, event.peer_ids, event.price], [name, [message.id], '0.03500000']);
            gateway.ahead = undefined;
        });

        it('is told of a failure, twice, and late', async () => {
            const number = server.number();
            const id = await server.begin({ number });
            const message = await gateway.to(number);
            assert.equal(await callBack(message, failed), 200);
            const first = async () => (await story(server, id)).events[0].state;
            await poll(async () => ((await first()) === 'failed' ? true : undefined), 'failed');
            assert.equal(await callBack(message, failed), 200);
            assert.equal(await callBack(message, delivered), 200);
            assert.equal(await first(), 'failed', 'the first receipt that decides wins');
        });

        it('believes nobody else', async () => {
            const number = server.number();
            const id = await server.begin({ number });
            const message = await gateway.to(number);
            await eventIs(server, id, 'submitted');
            const { headers, body } = gateway.receipt(message, delivered);
            const forgeries = [`${publicUrl}/callbacks/${name}/`, `${publicUrl}/callbacks/${name}/${'0'.repeat(64)}`];
            const sealed = message.callback.split('/').at(-1);
            if (sealed !== name) {
                forgeries.push(message.callback.slice(0, -1), `${message.callback}0`);
                forgeries.push(message.callback.slice(0, -1) + (message.callback.endsWith('0') ? '1' : '0'));
            }
            for (const url of forgeries) {
                if (kind === OwnApi && url.endsWith(`${name}/`)) continue; // its own URL, with a slash
                assert.equal(await gateway.call(server, url, { headers, body }), 403, url);
            }
            if (kind === Vonage) {
                assert.equal(await callBack(message, delivered, { sign: false }), 403);
                assert.equal(await callBack(message, 'failed', { forge: { status: 'delivered' } }), 403);
            }
            if (kind === Twilio) assert.equal(await callBack(message, delivered, { token: 'guessed' }), 403);
            if (kind === OwnApi) assert.equal(await callBack(message, delivered, { secret: 'guessed' }), 403);
            assert.equal((await server.send(`/callbacks/other/${sealed}`, { method: 'POST', headers, body })).http, 404);
            assert.equal((await eventOf(server, id)).state, 'submitted', 'nothing has changed');
            assert.equal(await callBack(message, delivered), 200, 'the true one still counts');
            await eventIs(server, id, 'delivered');
        });

        it('sends a test message of the operator', async () => {
            const sent = roger(['route', 'test', name, '+447700900777', '--data', server.data]);
            const message = await gateway.to('447700900777');
            assert.equal(await callBack(message, delivered), 200);
            const tested = await sent;
            assert.equal(tested.code, 0, tested.stdout + tested.stderr);
            assert.match(tested.stdout, /^delivered after \d+ ms$/m);
        });

        it('writes no secret and no number into its log', () => assertSilent(server, ...secrets));
    });
}

describe('a gateway that behaves badly', () => {
    let gateway;
    let smsc;
    let server;
    before(async () => {
        gateway = await start(OwnApi, 'gw');
        smsc = await start(Smsc, {});
        const last = smsc.route('smsc', 'priority = 20');
        server = await Server.start({ config: head + gateway.route() + last });
        await smsc.bound();
    });
    after(() => server?.stop());

    for (const [what, said, ambiguous] of [
        ['refuses the number', { status: 400, body: { ok: false, error: 'bad-number' } }, false],
        ['answers with HTML', { status: 500, body: '<html>447700900001 was not found</html>' }, true],
        ['answers with HTML as if all were well', { status: 200, body: '<html>' }, true],
        ['answers without end', { status: 200, body: `{"ok":"${'x'.repeat(200_000)}"}` }, true],
        ['is in maintenance', { status: 503, body: '' }, false],
        ['redirects to this machine', { status: 307, body: '', headers: { Location: 'http://127.0.0.1:1/' } }, false],
    ]) {
        it(`${what}: the message goes over the next route`, async () => {
            gateway.answer = () => said;
            const asked = gateway.requests;
            const number = server.number();
            const id = await server.begin({ number });
            const pin = await smsc.pin(number);
            const event = await eventIs(server, id, 'delivered');
            assert.deepEqual([event.route, event.ambiguous], ['smsc', ambiguous], JSON.stringify(event));
            assert.equal((await story(server, id)).events.length, 1, 'within one event');
            assert.equal(gateway.requests, asked + 1, 'it is asked once');
            assert.equal(await server.check(id, pin), '0');
            gateway.answer = undefined;
            const next = server.number();
            await server.begin({ number: next });
            await gateway.to(next); // a success, or it would rest after five of them
        });
    }

    it('never answers: unknown after 3 s, then the next route', async () => {
        gateway.answer = () => undefined;
        const number = server.number();
        const id = await server.begin({ number });
        await smsc.to(number);
        const event = await eventIs(server, id, 'delivered');
        assert.deepEqual([event.route, event.ambiguous, event.attempt], ['smsc', true, 2]);
        gateway.answer = undefined;
    });

    it('rests when it asks for it, and messages go elsewhere', async () => {
        gateway.answer = () => ({ status: 429, body: '', headers: { 'Retry-After': '60' } });
        const [first, second] = [server.number(), server.number()];
        await server.begin({ number: first });
        await smsc.to(first);
        const asked = gateway.requests;
        await server.begin({ number: second });
        await smsc.to(second);
        assert.equal(gateway.requests, asked);
        await metricReaches(server, 'roger_http_answers_total{route="gw",status="429"}', 1);
        assert.equal(await metric(server, 'roger_route_up{route="gw"}'), 0);
    });

    it('writes none of it into the log', () => assertSilent(server, 'own-bearer-token', 'own-receipt-secret'));
});

describe('fail-over', () => {
    it('goes from SMPP to HTTP in one event', async () => {
        const smsc = await start(Smsc, {});
        const gateway = await start(Vonage, 'vonage');
        smsc.answer = () => ({ status: status.invalidDestination });
        const server = await Server.start({ config: head + smsc.route('smsc') + gateway.route() + 'priority = 20\n' });
        await smsc.bound();
        const number = server.number();
        const id = await server.begin({ number });
        const message = await gateway.to(number);
        assert.equal(await gateway.call(server, message.callback, gateway.receipt(message, 'delivered')), 200);
        await eventIs(server, id, 'delivered');
        const { events } = await story(server, id);
        assert.equal(events.length, 1);
        assert.deepEqual([events[0].route, events[0].attempt, events[0].ambiguous], ['vonage', 2, false]);
        assert.equal(await server.check(id, pinIn(message.text)), '0');
        await server.stop();
    });
});

describe('the configuration', () => {
    it('does not call into our own network unless the route says so', async () => {
        const gateway = await start(OwnApi, 'gw');
        const config = head + gateway.route().replace('allow_private = true\n', '');
        const server = await Server.start({ config });
        const id = await server.begin();
        const told = await poll(async () => {
            const [event] = (await story(server, id)).events;
            return event.state === 'failed' ? event : undefined;
        }, 'failed');
        assert.match(told.reason, /not public/);
        assert.equal(gateway.requests, 0);
        await server.stop();
    });

    it('without a public URL sends messages and says that no receipts come', async () => {
        const gateway = await start(Infobip, 'infobip');
        gateway.take = function take(request, body) {
            const [{ destinations, content, webhooks }] = JSON.parse(body).messages;
            assert.equal(webhooks, undefined);
            const accepted = { messageId: '1', status: { groupId: 1, name: 'PENDING_ACCEPTED' } };
            return this.keep({ to: destinations[0].to, text: content.text }, () => ({ body: { messages: [accepted] } }));
        };
        const server = await Server.start({ config: gateway.route() });
        assert.match(server.stderr, /gets no receipts.*server\.public_url/);
        const number = server.number();
        const id = await server.begin({ number });
        assert.equal(await server.check(id, pinIn((await gateway.to(number)).text)), '0');
        await server.stop();
    });

    it('is kept over a reload that the gateway does not see, and references stay good over a restart', async () => {
        const gateway = await start(Twilio, 'twilio');
        const config = head + gateway.route();
        const server = await Server.start({ config });
        const number = server.number();
        const id = await server.begin({ number });
        const message = await gateway.to(number);
        await eventIs(server, id, 'submitted');
        assert.match(await server.reload(config.replace('0.0350', '0.0400')), /configuration reloaded/);
        assert.match(await server.reload(`${config}hosts = []\n`), /nothing changed.*unknown key 'route.hosts'/);
        await server.stop();
        const again = await Server.start({ config, data: server.data });
        assert.equal(await gateway.call(again, message.callback, gateway.receipt(message, 'delivered')), 200);
        await eventIs(again, id, 'delivered');
        await again.stop();
    });

    it('is checked by roger config check', async () => {
        const file = path.join(temporaryDirectory(), 'roger.toml');
        const check = (text) => {
            fs.writeFileSync(file, text, { mode: 0o600 });
            return roger(['config', 'check', file]);
        };
        const gateway = await start(OwnApi, 'gw');
        assert.equal((await check(head + gateway.route())).code, 0);
        const wrong = await check(head + gateway.route().replace('|json', ''));
        assert.equal(wrong.code, 78, wrong.stderr);
        assert.match(wrong.stderr, /roger\.toml:3: route\.body writes \$\{number\}; say how, as \$\{number\|json\}/);
        const account = 'profile = "twilio"\nuser = "u"\nsecret_file = "/nowhere"\n';
        const missing = await check(`[[route]]\nname = "t"\nkind = "http"\n${account}`);
        assert.equal(missing.code, 78);
        assert.match(missing.stderr, /route 't': the password file \/nowhere cannot be read/);
    });
});
