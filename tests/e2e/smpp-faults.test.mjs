// What an operator sees of an SMSC that misbehaves: how the route stands, the story of a request, metrics, the log.
// Nothing here looks at how long a thing takes: each test waits for a state.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { route, story } from './support/admin.mjs';
import { Authority } from './support/certificates.mjs';
import { CuttingProxy } from './support/cutting-proxy.mjs';
import { RawSmsc, command, frame } from './support/raw-smsc.mjs';
import { Server, poll } from './support/server.mjs';
import { Smsc, pinIn, status } from './support/smsc.mjs';

const patient = { deadlineMs: 60_000 };
const routesMax = 60; // of one configuration: the server's limit is 64

const stops = [];
after(() => Promise.all(stops.map((each) => each.stop())));
function kept(started) {
    stops.push(started);
    return started;
}
const smsc = async (options) => kept(await Smsc.start(options));

async function metric(server, series) {
    const line = (await server.metrics()).split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

const isUp = (server, name) =>
    poll(async () => ((await route(server, name)).up ? true : undefined), `${name} is up`, patient);

/** The first event of a request, when `fits` says so. */
const eventWhen = (server, id, fits, what) =>
    poll(
        async () => {
            const [event] = (await story(server, id)).events;
            return fits(event) ? event : undefined;
        },
        what,
        patient,
    );
const settled = ({ state, reason }) => state === 'delivered' || state === 'failed' || reason !== '';

const aRoute = (port, name, more = '') =>
    `[[route]]\nname = "${name}"\nhosts = ["127.0.0.1:${port}"]\nsystem_id = "roger"\npassword = "secret"\n` +
    `sender = "ACME"\nprice = "0.0350"\n${more}\n`;

/** One SMS and no call after it. */
const begin = (server, number = server.number()) => server.begin({ number, workflow_id: '6' });

describe('an SMSC that refuses, waits or hangs', () => {
    let peer;
    let server;
    before(async () => {
        peer = await smsc();
        server = await Server.start({ config: peer.route('smsc-a') });
        await isUp(server, 'smsc-a');
    });
    after(() => server?.stop());

    for (const [name, busy] of [
        ['ESME_RTHROTTLED', status.throttled],
        ['ESME_RMSGQFUL', status.queueFull],
    ]) {
        it(`${name} twice: the message waits and is sent once`, async () => {
            let refusals = 2;
            peer.answer = () => ({ status: refusals-- > 0 ? busy : status.ok });
            const number = server.number();
            const id = await begin(server, number);
            const event = await eventWhen(server, id, settled, 'delivered');
            assert.equal(event.state, 'delivered');
            assert.equal(event.attempt, 1, 'one claim');
            assert.equal(peer.copies(number).length, 1);
            assert.ok((await metric(server, `roger_smpp_answers_total{route="smsc-a",status="${name}"}`)) >= 2);
            assert.ok((await route(server, 'smsc-a')).up);
        });
    }

    it('throttling without end: the event fails, and says why; the route stays up', async () => {
        peer.answer = () => ({ status: status.throttled });
        const event = await eventWhen(server, await begin(server), settled, 'given up');
        assert.equal(event.state, 'failed');
        assert.match(event.reason, /ESME_RTHROTTLED|no place in time/);
        assert.equal(event.segments, 0, 'nothing is charged');
        assert.ok((await route(server, 'smsc-a')).up);
        peer.answer = () => ({ status: status.ok });
    });

    it('a refusal for good: the event fails with the status', async () => {
        peer.answer = () => ({ status: status.invalidDestination });
        const event = await eventWhen(server, await begin(server), settled, 'refused');
        assert.equal(event.state, 'failed');
        assert.match(event.reason, /^refused_number: 0x0000000b ESME_RINVDSTADR/);
        peer.answer = () => ({ status: status.ok });
    });

    it('no answer: the outcome is unknown, the message is not repeated, and its PIN is good', async () => {
        peer.answer = () => undefined;
        const number = server.number();
        const id = await begin(server, number);
        const event = await eventWhen(server, id, settled, 'given up');
        assert.deepEqual([event.state, event.reason, event.attempt], ['submitted', 'outcome unknown', 1]);
        assert.equal(peer.copies(number).length, 1);
        assert.equal(await server.check(id, await peer.pin(number)), '0');
        const series = 'roger_events_total{channel="sms",result="unknown",route="smsc-a"}';
        assert.ok((await metric(server, series)) >= 1);
        peer.answer = () => ({ status: status.ok });
    });
});

it('no answer, and another route: it is tried there, once, and the doubt is shown', async () => {
    const silent = await smsc();
    const good = await smsc();
    silent.answer = () => undefined;
    const config = silent.route('silent', 'priority = 1') + good.route('good', 'priority = 2');
    const server = await Server.start({ config });
    await Promise.all([isUp(server, 'silent'), isUp(server, 'good')]);
    const number = server.number();
    const id = await begin(server, number);
    const event = await eventWhen(server, id, ({ state }) => state === 'delivered', 'delivered');
    assert.deepEqual([event.route, event.tried, event.attempt, event.ambiguous], ['good', ['silent'], 2, true]);
    assert.equal(silent.copies(number).length + good.copies(number).length, 2);
    assert.equal(new Set([...silent.copies(number), ...good.copies(number)].map(({ text }) => text)).size, 1);
    await server.stop();
});

describe('bytes that no library sends', () => {
    /** A server with one route to an SMSC of bare bytes. */
    async function withRaw(script, work) {
        const peer = kept(await RawSmsc.start(script));
        const server = await Server.start({ config: aRoute(peer.port, 'raw') });
        await work(peer, server);
        await server.stop();
    }

    it('an error answer that is a header alone is understood', async () => {
        const script = ({ id, sequence }) =>
            id === command.submit ? frame(id + 0x80000000, status.invalidDestination, sequence) : undefined;
        await withRaw(script, async (peer, server) => {
            await isUp(server, 'raw');
            const event = await eventWhen(server, await begin(server), settled, 'refused');
            assert.match(event.reason, /ESME_RINVDSTADR/);
            assert.equal(peer.connections, 1, 'the bind stays');
        });
    });

    it('a generic_nack answers the message, and the bind stays', async () => {
        const script = ({ id, sequence }) =>
            id === command.submit ? frame(command.genericNack, status.invalidDestination, sequence) : undefined;
        await withRaw(script, async (peer, server) => {
            await isUp(server, 'raw');
            const event = await eventWhen(server, await begin(server), settled, 'refused');
            assert.equal(event.state, 'failed');
            assert.equal(peer.connections, 1);
        });
    });

    it('what is unknown or makes no sense is answered, and the bind stays', async () => {
        const nonsense = [
            frame(0x00000103, 0, 900_001, Buffer.from('not a data_sm')),
            frame(0x00000777, 0, 900_002, Buffer.alloc(40, 0xff)),
            frame(command.deliver, 0, 900_003, Buffer.alloc(3)),
            frame(command.submit + 0x80000000, 0, 900_004, Buffer.from('nobody asked\0')),
        ];
        const script = (pdu) => {
            if (pdu.id !== command.submit) return undefined;
            return Buffer.concat([...nonsense, frame(pdu.id + 0x80000000, 0, pdu.sequence, Buffer.from('m1\0'))]);
        };
        await withRaw(script, async (peer, server) => {
            await isUp(server, 'raw');
            const id = await begin(server);
            await eventWhen(server, id, ({ peer_ids: ids }) => ids.length > 0, 'accepted');
            assert.equal(peer.connections, 1);
            assert.ok((await route(server, 'raw')).up);
        });
    });

    it('garbage ends the connection; the next one is as good as new', async () => {
        const script = ({ id, connection }) =>
            connection === 1 && id === command.submit ? Buffer.alloc(64, 0xff) : undefined;
        await withRaw(script, async (peer, server) => {
            await isUp(server, 'raw');
            const event = await eventWhen(server, await begin(server), settled, 'given up');
            assert.deepEqual([event.state, event.reason], ['submitted', 'outcome unknown']);
            await poll(() => (peer.connections >= 2 ? true : undefined), 'a new connection', patient);
            assert.match(server.stderr, /smpp bind lost.*the peer sent what is not SMPP/);
            await isUp(server, 'raw');
            await eventWhen(server, await begin(server), ({ peer_ids: ids }) => ids.length > 0, 'accepted');
        });
    });
});

describe('a bind that is refused', () => {
    async function refused(options, fault, said) {
        const peer = await smsc(options);
        fault?.(peer);
        const server = await Server.start({ config: peer.route('smsc-a') });
        await poll(() => (said.test(server.stderr) ? true : undefined), String(said), patient);
        assert.equal((await route(server, 'smsc-a')).up, false);
        assert.equal((await server.send('/readyz')).http, 503);
        assert.equal(await metric(server, 'roger_route_up{route="smsc-a"}'), 0);
        assert.equal(peer.binds, 0);
        assert.ok(!server.stderr.includes('secret'), 'no password in the log');
        await server.stop();
    }

    it('for its password', () => refused({ password: 'other' }, undefined, /smpp bind refused.*ESME_RBINDFAIL/));
    it('for an old session that still hangs', () =>
        refused({}, (peer) => (peer.bindStatus = status.alreadyBound), /smpp bind refused.*ESME_RALYBND/));
});

describe('TLS', () => {
    let authority;
    before(async () => (authority = await Authority.make()));

    /** @param {{ca?: string, name?: string, days?: number}} fault */
    async function withTls({ ca, name = 'localhost', days }, work) {
        const peer = await smsc({ tls: await authority.sign(name, { days }) });
        const tls = `tls = { enabled = true, ca_file = "${ca ?? authority.file}", server_name = "localhost" }`;
        const server = await Server.start({ config: peer.route('smsc-a', tls) });
        await work(peer, server);
        await server.stop();
    }

    async function refused(fault, said) {
        await withTls(fault, async (peer, server) => {
            await poll(() => (said.test(server.stderr) ? true : undefined), String(said), patient);
            assert.equal((await route(server, 'smsc-a')).up, false);
            assert.equal(peer.binds, 0, 'the password has not left');
        });
    }

    it('binds where everything is right', () =>
        withTls({}, async (peer, server) => {
            await isUp(server, 'smsc-a');
            await eventWhen(server, await begin(server), ({ state }) => state === 'delivered', 'delivered');
        }));
    it('refuses another authority', async () =>
        refused({ ca: (await Authority.make('Other CA')).file }, /smpp peer not reached.*no TLS.*certificate verify failed/));
    it('refuses another name', () =>
        refused({ name: 'elsewhere.example' }, /smpp peer not reached.*no TLS.*certificate verify failed/));
    it('refuses a certificate that has ended', () =>
        refused({ days: -1 }, /smpp peer not reached.*no TLS.*certificate verify failed/));
});

describe('a reset at any byte', () => {
    let bindBytes; // of an undisturbed bind, by direction
    let bytes; // of bind, message and receipt
    before(async () => {
        const peer = await smsc();
        const proxy = kept(await CuttingProxy.start(peer.port));
        const server = await Server.start({ config: aRoute(proxy.port, 'whole') });
        await isUp(server, 'whole');
        bindBytes = { ...proxy.passed };
        await eventWhen(server, await begin(server), ({ state }) => state === 'delivered', 'delivered');
        await peer.allAcknowledged();
        bytes = { ...proxy.passed };
        await server.stop();
    });

    /** One route, SMSC and proxy for each offset; all messages at once. */
    async function cutAt(direction, offsets) {
        const peers = await Promise.all(offsets.map(() => smsc()));
        const proxies = await Promise.all(peers.map(({ port }, i) => CuttingProxy.start(port, { direction, after: offsets[i] })));
        proxies.forEach(kept);
        const numbers = offsets.map((_, i) => `4477009001${String(i).padStart(2, '0')}`);
        const config = proxies.map(({ port }, i) => aRoute(port, `r${i}`, `prefixes = ["${numbers[i]}"]`)).join('');
        const server = await Server.start({ config });
        const again = (i) => poll(() => (proxies[i].connections >= 2 ? true : undefined), `r${i} again`, patient);
        for (const [i, offset] of offsets.entries()) {
            if (offset <= bindBytes[direction]) await again(i);
            await isUp(server, `r${i}`);
        }
        const ids = await Promise.all(numbers.map((number) => begin(server, number)));
        const counts = { delivered: 0, unknown: 0 };
        for (const [i, offset] of offsets.entries()) {
            const where = `${direction} ${offset}`;
            const event = await eventWhen(server, ids[i], settled, `${where}: an outcome`);
            const copies = peers[i].copies(numbers[i]);
            assert.ok(copies.length <= 1, `${where}: ${copies.length} copies`);
            assert.deepEqual([event.attempt, event.ambiguous, event.tried], [1, false, []], where);
            if (event.state === 'delivered') {
                ++counts.delivered;
                assert.equal(copies.length, 1, where);
                await peers[i].allAcknowledged();
            } else {
                ++counts.unknown;
                assert.deepEqual([event.state, event.reason], ['submitted', 'outcome unknown'], where);
            }
            if (copies.length === 1) assert.equal(await server.check(ids[i], pinIn(copies[0].text)), '0', where);
            await again(i);
            await isUp(server, `r${i}`);
        }
        await server.stop();
        return counts;
    }

    async function sweep(direction, dense, sparseStep) {
        const offsets = Array.from({ length: bytes[direction] }, (_, offset) => offset).filter(
            (offset) => offset < dense || offset % sparseStep === 0,
        );
        const sum = { delivered: 0, unknown: 0 };
        for (let from = 0; from < offsets.length; from += routesMax) {
            const { delivered, unknown } = await cutAt(direction, offsets.slice(from, from + routesMax));
            sum.delivered += delivered;
            sum.unknown += unknown;
        }
        assert.equal(sum.delivered + sum.unknown, offsets.length);
        assert.ok(sum.delivered > 0 && sum.unknown > 0, JSON.stringify(sum));
    }

    // bind_transceiver_resp and submit_sm_resp whole, then every fourth byte of the receipt.
    it('of what the SMSC sends', () => sweep('down', 44, 4));
    // Every fourth byte of the bind, the message and the acknowledgement.
    it('of what Roger sends', () => sweep('up', 0, 4));
});
