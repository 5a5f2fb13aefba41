// SMS over SMPP: a real SMSC library on the other side.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { requests, story } from './support/admin.mjs';
import { Server, poll, roger, temporaryDirectory } from './support/server.mjs';
import { Smsc, status } from './support/smsc.mjs';

const smscs = [];
async function smsc(options) {
    const started = await Smsc.start(options);
    smscs.push(started);
    return started;
}
after(() => Promise.all(smscs.map((each) => each.stop())));

/** The value of one series of /metrics, 0 while it is not there. */
async function metric(server, series) {
    const text = await (await fetch(new URL('/metrics', server.adminUrl))).text();
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

const metricReaches = (server, series, value) =>
    poll(async () => ((await metric(server, series)) >= value ? true : undefined), `${series} ≥ ${value}`);

const readyz = async (server) => (await server.send('/readyz')).http;
const usable = (server) => poll(async () => ((await readyz(server)) === 200 ? true : undefined), 'a usable route');

/** `roger route …` on the data directory of a server. */
const routeCommand = (server, ...args) => roger(['route', ...args, '--data', server.data]);

describe('a live server with one route', () => {
    let peer;
    let server;
    before(async () => {
        peer = await smsc();
        server = await Server.start({ config: peer.route('smsc-a') });
        await usable(server);
    });
    after(() => server?.stop());

    it('sends the PIN over it, and the receipt finds its event', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        const pin = await peer.pin(number);
        const [message] = await peer.to(number);
        assert.equal(message.from, 'ACME');
        await peer.allAcknowledged();
        await metricReaches(server, 'roger_receipts_total{matched="yes",route="smsc-a",state="delivered"}', 1);
        assert.equal(await server.check(id, pin), '0');
        const found = await server.search(id);
        assert.equal(found.status, 'SUCCESS');
        assert.equal(found.estimated_price_messages_sent, '0.03500000');

        const told = await story(server, id);
        assert.equal(told.status, 'success');
        assert.equal(told.number, `+4477******${number.slice(-2)}`);
        assert.equal(told.next, null);
        const [event] = told.events;
        assert.equal(event.state, 'delivered');
        assert.equal(event.route, 'smsc-a');
        assert.deepEqual(event.peer_ids, [message.id]);
        assert.deepEqual([event.attempt, event.segments, event.price], [1, 1, '0.03500000']);
        assert.deepEqual([event.ambiguous, event.reason], [false, '']);
        const times = [told.submitted, event.begun, event.handed_over, event.receipted, told.finalized];
        assert.deepEqual(times, [...times].sort(), 'one after the other');
        assert.deepEqual(told.checks.map(({ verdict }) => verdict), ['right']);
        assert.ok(!JSON.stringify(told).includes(`"${pin}"`), 'the code is shown to nobody');
    });

    it('tells the operator the story, and lists requests', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        await peer.to(number);
        const command = (...args) => roger(['request', ...args, '--data', server.data]);
        const shown = await poll(async () => {
            const done = await command('show', id);
            return /^event 1: sms delivered over smsc-a, attempt 1 of 3$/m.test(done.stdout) ? done : undefined;
        }, 'delivered');
        assert.equal(shown.code, 0, shown.stderr);
        assert.match(shown.stdout, new RegExp(`^request ${id} of account ${server.key}: in_progress$`, 'm'));
        assert.match(shown.stdout, /^next: the next event begins at /m);
        assert.ok(!shown.stdout.includes(number), 'the number is masked');
        assert.match((await command('show', id, '--reveal')).stdout, new RegExp(`number \\+${number}`));
        const told = await roger(['audit', 'list', '--data', server.data, '--json']);
        assert.ok(JSON.parse(told.stdout).entries.some((each) => each.action === 'number.reveal' && each.target === id), told.stdout);
        const listed = await command('list', '--number', number, '--json');
        assert.deepEqual(JSON.parse(listed.stdout).requests.map((each) => each.request_id), [id]);
        assert.match((await command('list', '--limit', '1')).stdout, new RegExp(`^${id} .* sms delivered over smsc-a$`, 'm'));
        assert.equal((await command('show', '0'.repeat(32))).code, 1);
        assert.equal((await command('list', '--status', 'done')).code, 1);
        const all = [];
        for await (const each of requests(server, { limit: 1 })) all.push(each.request_id);
        assert.equal(all[0], id);
        assert.equal(new Set(all).size, all.length, 'every request once');
    });

    it('gives the client its sender', async () => {
        const number = server.number();
        await server.begin({ number, sender_id: 'Shop' });
        assert.equal((await peer.to(number))[0].from, 'Shop');
    });

    it('is not a sandbox', async () => {
        assert.equal((await server.send('/sandbox/messages')).http, 404);
        assert.deepEqual(JSON.parse((await server.send('/readyz')).text), { status: 'ready', sandbox: false });
    });

    it('keeps a STOP until START', async () => {
        const number = server.number();
        assert.equal(await peer.write(number, 'ACME', 'Stop'), status.ok);
        const refused = await server.v1('start', { number, brand: 'Acme' });
        assert.equal(refused.body.status, '7');
        assert.match(refused.headers['roger-reason'], /^rule=opt-out/);
        assert.equal(await peer.write(number, 'ACME', 'START'), status.ok);
        await server.begin({ number });
    });

    it('shows it, and sends a test message over it', async () => {
        const listed = await routeCommand(server, 'list');
        assert.equal(listed.code, 0, listed.stderr);
        assert.match(listed.stdout, /^smsc-a +sms +priority 10 +up +price 0\.03500000 +\*$/m);
        const tested = await routeCommand(server, 'test', 'smsc-a', '+447700900777');
        assert.equal(tested.code, 0, tested.stderr);
        assert.match(tested.stdout, /one real message over smsc-a; the price of the route is 0\.03500000 a segment/);
        assert.match(tested.stdout, /^accepted after \d+ ms: 1 segment\(s\), price 0\.03500000/m);
        assert.match(tested.stdout, /^delivered after \d+ ms$/m);
        assert.ok(!tested.stdout.includes('447700900777'), 'the number is masked');
        assert.match((await peer.to('447700900777'))[0].text, /^Test message/);
    });

    it('says when a test message fails or nothing comes back', async () => {
        peer.receipt = (message) => (message.to === '447700900778' ? 'UNDELIV' : undefined);
        peer.answer = (message) => ({ status: message.to === '447700900780' ? status.invalidDestination : status.ok });
        const test = (number) => routeCommand(server, 'test', 'smsc-a', number, '--wait', '1');
        const failed = await test('+447700900778');
        assert.equal(failed.code, 1, failed.stdout);
        assert.match(failed.stdout, /^failed after/m);
        assert.equal((await test('+447700900779')).code, 4);
        const refused = await test('+447700900780');
        assert.equal(refused.code, 1);
        assert.match(refused.stdout, /^refused after/m);
        assert.equal((await routeCommand(server, 'test', 'nobody', '+447700900778')).code, 1);
        peer.receipt = () => 'DELIVRD';
        peer.answer = () => ({ status: status.ok });
    });

    it('sends nothing over it while it is disabled, also after a restart', async () => {
        assert.equal((await routeCommand(server, 'disable', 'smsc-a')).code, 0);
        assert.equal((await server.v1('start', { number: server.number(), brand: 'Acme' })).body.status, '15');
        assert.equal(await readyz(server), 503);
        assert.equal(await metric(server, 'roger_route_up{route="smsc-a"}'), 0);
        const { data } = server;
        await server.stop();
        server = await Server.start({ data, config: peer.route('smsc-a') });
        await peer.bound();
        assert.equal((await server.v1('start', { number: '447700900790', brand: 'Acme' })).body.status, '15');
        assert.equal((await routeCommand(server, 'enable', 'smsc-a')).code, 0);
        await usable(server);
        await server.begin({ number: '447700900790' });
    });
});

describe('two routes', () => {
    let first;
    let second;
    let server;
    before(async () => {
        first = await smsc();
        second = await smsc();
        const config = first.route('first', 'priority = 1') + second.route('second', 'priority = 2');
        server = await Server.start({ config });
        await first.bound();
        await second.bound();
        await usable(server);
    });
    after(() => server?.stop());

    it('take turns when a peer refuses, throttles for long or is gone', async () => {
        const number = server.number();
        first.answer = () => ({ status: status.invalidDestination });
        await server.begin({ number });
        await second.to(number);
        first.answer = () => ({ status: status.throttled });
        const throttled = server.number();
        await server.begin({ number: throttled });
        await second.to(throttled);
        first.answer = () => ({ status: status.ok });
        await first.stop();
        await metricReaches(server, 'roger_route_up{route="second"}', 1);
        const gone = server.number();
        await server.begin({ number: gone });
        await second.to(gone);
        assert.equal(first.messages.length, 0);
    });

    it('take turns when a receipt says that the first failed', async () => {
        await first.listen(first.port);
        await first.bound();
        await poll(async () => ((await metric(server, 'roger_route_up{route="first"}')) === 1 ? true : undefined), 'up');
        first.receipt = () => 'UNDELIV';
        const number = server.number();
        const id = await server.begin({ number });
        await first.to(number);
        const pin = await second.pin(number);
        assert.equal(await server.check(id, pin), '0');
    });
});

describe('SIGHUP', () => {
    let peer;
    let other;
    let server;
    before(async () => {
        peer = await smsc();
        other = await smsc();
        server = await Server.start({ config: peer.route('smsc-a') });
        await usable(server);
    });
    after(() => server?.stop());

    it('keeps the binds of routes that did not change', async () => {
        const told = await server.reload(peer.route('smsc-a', 'priority = 3') + other.route('smsc-b', 'priority = 2'));
        assert.match(told, /configuration reloaded/);
        await other.bound();
        assert.equal(peer.binds, 1);
        await poll(async () => ((await metric(server, 'roger_route_up{route="smsc-b"}')) === 1 ? true : undefined), 'up');
        const number = server.number();
        await server.begin({ number });
        await other.to(number);
    });

    it('changes nothing for a bad file, and says why', async () => {
        const told = await server.reload(`${peer.route('smsc-a')}hots = []\n`);
        assert.match(told, /not reloaded, nothing changed/);
        assert.match(told, /unknown key 'route\.hots'; the nearest known key is 'route\.hosts'/);
        const number = server.number();
        await server.begin({ number });
        await other.to(number);
    });

    it('binds anew what changed', async () => {
        await server.reload(peer.route('smsc-a', 'bind = { window = 3 }'));
        await poll(() => (peer.binds === 2 && other.sessions.size === 0 ? true : undefined), 'one new bind, one gone');
        const number = server.number();
        await usable(server);
        await server.begin({ number });
        await peer.to(number);
    });
});

it('a killed server sends what it had promised, and knows the receipts of what it had sent', async () => {
    const peer = await smsc();
    const config = peer.route('smsc-a', 'bind = { window = 4 }');
    const data = temporaryDirectory();
    let server = await Server.start({ data, config });
    await usable(server);
    // Accepted and durable, receipts outstanding.
    peer.receipt = () => undefined;
    const accepted = [];
    for (let i = 0; i < 5; ++i) {
        const number = server.number();
        accepted.push({ number, id: await server.begin({ number }) });
        await peer.to(number);
    }
    await metricReaches(server, 'roger_events_total{channel="sms",result="accepted",route="smsc-a"}', 5);
    // A full window: the peer has these, and does not answer.
    peer.answer = () => undefined;
    const open = [];
    for (let i = 0; i < 8; ++i) {
        const number = server.number();
        open.push({ number, id: await server.begin({ number }) });
    }
    await server.kill();
    // The receipts of the first come while nobody is bound, and again after the next bind.
    peer.answer = () => ({ status: status.ok });
    for (const { number } of accepted) peer.sendReceipt((await peer.to(number))[0], 'DELIVRD');
    peer.receipt = () => 'DELIVRD';
    server = await Server.start({ data, config });
    await peer.allAcknowledged();
    await metricReaches(server, 'roger_receipts_total{matched="yes",route="smsc-a",state="delivered"}', 5);
    for (const { number, id } of [...accepted, ...open]) {
        assert.equal(await server.check(id, await peer.pin(number)), '0', number);
    }
    for (const { number, id } of open) {
        const copies = peer.copies(number);
        const [event] = (await story(server, id)).events;
        assert.equal(event.ambiguous, copies.length > 1 || event.attempt > 1, 'flagged, for nobody can know');
        assert.ok(copies.length <= 2, `${copies.length} copies: at most one is sent again`);
        assert.equal(new Set(copies.map((copy) => copy.text)).size, 1, 'with the same PIN');
    }
    await server.stop();
});

it('a live server without a route answers 15 and is not ready', async () => {
    const data = temporaryDirectory();
    assert.equal((await roger(['sandbox', 'off', '--data', data])).code, 0);
    const server = await Server.start({ data });
    assert.equal((await server.v1('start', { number: server.number(), brand: 'Acme' })).body.status, '15');
    assert.equal(await readyz(server), 503);
    await server.stop();
});

it('a sandbox with a route sends SMS over it, and warns', async () => {
    const peer = await smsc();
    const data = temporaryDirectory();
    assert.equal((await roger(['sandbox', 'on', '--data', data])).code, 0);
    const server = await Server.start({ data, config: peer.route('smsc-a') });
    await usable(server);
    const ready = JSON.parse((await server.send('/readyz')).text);
    assert.equal(ready.sandbox, true);
    assert.match(ready.warning, /leave this machine/);
    await poll(() => (/sandbox, but messages leave/.test(server.stderr) ? true : undefined), 'a warning in the log');
    const number = server.number();
    await server.begin({ number });
    await peer.to(number);
    const called = await server.begin({ workflow_id: '7' });
    const [call] = await server.messages({ request_id: called });
    assert.equal(call.channel, 'tts', 'calls have no route and go to the handset');
    await server.stop();
});
