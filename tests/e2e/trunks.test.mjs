// Spoken calls over SIP trunks that answer in every way.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { after, before, describe, it } from 'node:test';

import { story } from './support/admin.mjs';
import { Authority } from './support/certificates.mjs';
import { poll, roger } from './support/server.mjs';
import { call, outcome, serve, stopAll, trunk } from './support/trunks.mjs';

after(stopAll);

describe('a trunk', () => {
    let peer;
    let server;
    before(async () => {
        peer = await trunk();
        server = await serve(peer.route('trunk-a'));
    });

    it('carries a call, and the search shows event and price', async () => {
        const { number, id } = await call(server);
        const taken = await peer.call(number);
        assert.equal(taken.ended, 'bye');
        assert.ok(taken.acknowledged);
        assert.ok(taken.loud > 100, `${taken.loud} frames of speech`);
        assert.match(taken.header('P-Asserted-Identity'), /<sip:\+441632960000@/);
        const event = await outcome(server, id);
        assert.equal(event.state, 'delivered');
        const found = await server.search(id);
        assert.deepEqual(
            found.events.map(({ type }) => type),
            ['tts'],
        );
        assert.equal(found.estimated_price_messages_sent, '0.01200000');
        const metrics = await (await fetch(new URL('/metrics', server.adminUrl))).text();
        assert.match(metrics, /roger_calls_total\{result="completed",route="trunk-a"\} 1/);
        assert.match(metrics, /roger_calls_active\{route="trunk-a"\} 0/);
        assert.match(metrics, /roger_call_setup_seconds_count\{route="trunk-a"\} 1/);
    });

    it('is tried by the operator', async () => {
        const tested = await roger(['route', 'test', 'trunk-a', '447700900999', '--data', server.data]);
        assert.equal(tested.code, 0, tested.stderr);
        assert.match(tested.stdout, /places one real call/);
        assert.match(tested.stdout, /delivered after/);
        assert.doesNotMatch(tested.stdout, /447700900999/);
    });

    it('is tried by the operator with a number that stands in no ps, whatever the phone does', async () => {
        const test = (script) => {
            peer.script = script;
            return roger(['route', 'test', 'trunk-a', '-', '--data', server.data], { input: '+44 7700 900998\n' });
        };
        const well = await test((each) => each.ring().answer());
        assert.equal(well.code, 0, well.stderr);
        assert.match(well.stdout, /delivered after/);
        assert.ok((await peer.call('447700900998')).loud > 50, 'something was said');
        const busy = await test((each) => each.reply('486 Busy Here'));
        assert.equal(busy.code, 1);
        assert.match(busy.stdout + busy.stderr, /486 Busy Here/);
        const broken = await test((each) => each.reply('403 Forbidden'));
        assert.equal(broken.code, 1);
        assert.match(broken.stdout + broken.stderr, /403 Forbidden/);
        for (const { stdout, stderr } of [well, busy, broken]) assert.doesNotMatch(stdout + stderr, /900998/);
        peer.script = (each) => each.ring().answer();
    });

    it('says the message again after key 1', async () => {
        peer.script = (each) => each.ring().answer();
        const samePin = { pin_code: '2580' }; // and so the same length
        const once = (await peer.call((await call(server, samePin)).number)).loud;
        const { number } = await call(server, samePin);
        const taken = await peer.call(number, (each) => each.loud > 0.9 * once);
        taken.press(1);
        const twice = (await peer.call(number)).loud;
        assert.ok(twice > 1.6 * once, `${twice} frames against ${once}`);
    });

    it('is not charged when nobody answers, and asks for nobody else', async () => {
        for (const status of ['480 Temporarily Unavailable', '603 Decline', '404 Not Found']) {
            peer.script = (each) => each.ring().reply(status);
            const { number, id } = await call(server);
            const event = await outcome(server, id);
            assert.equal(event.state, 'failed');
            assert.equal((await server.search(id)).estimated_price_messages_sent, '0.00000000');
            assert.equal(peer.calls.filter((each) => each.number === number).length, 1);
        }
        peer.script = undefined;
    });

    it('hears nobody but the trunk', async () => {
        const { port } = /@127\.0\.0\.1:(?<port>\d+)/.exec(peer.calls[0].header('Contact')).groups;
        const answers = { '127.0.0.1': 0, '127.0.0.2': 0 };
        for (const address of Object.keys(answers)) {
            const socket = dgram.createSocket('udp4');
            await new Promise((done) => socket.bind(0, address, done));
            socket.on('message', () => (answers[address] += 1));
            const options =
                `OPTIONS sip:roger@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:${socket.address().port};branch=z9hG4bK1;rport\r\n` +
                'Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';
            socket.send('no SIP at all', Number(port), '127.0.0.1');
            socket.send(options, Number(port), '127.0.0.1');
            if (address === '127.0.0.1') await poll(() => (answers[address] > 0 ? true : undefined), 'an answer');
            else await new Promise((done) => setTimeout(done, 300));
            socket.close();
        }
        assert.deepEqual(answers, { '127.0.0.1': 1, '127.0.0.2': 0 });
        assert.doesNotMatch(server.stderr, /decode/);
    });
});

describe('credentials', () => {
    for (const [what, options] of [
        ['SHA-256 where it is offered', { proxy: false }],
        ['MD5 to a proxy that knows no better', { proxy: true, algorithms: ['MD5'] }],
    ]) {
        it(`are proved by ${what}`, async () => {
            const peer = await trunk({
                script: (each) => each.authorized({ user: 'roger', password: 'hush', ...options }) && each.answer(),
            });
            const server = await serve(peer.route('trunk-a', 'user = "roger"\npassword = "hush"'));
            const { number, id } = await call(server);
            assert.equal((await outcome(server, id)).state, 'delivered');
            const taken = await peer.call(number, (each) => each.acknowledged);
            assert.equal(taken.algorithm, options.proxy ? 'MD5' : 'SHA-256');
        });
    }
});

describe('two trunks', () => {
    for (const [what, script] of [
        ['503', (each) => each.reply('503 Service Unavailable')],
        ['no answer whatever', () => {}],
        ['a redirection, which is not followed', (each) => each.reply('302 Moved', 'Contact: <sip:900@127.0.0.1:9>\r\n')],
        ['an error after it rang', (each) => each.ring().reply('500 Server Error')],
    ]) {
        it(`: after ${what} the other one calls`, async () => {
            const first = await trunk({ script });
            const second = await trunk();
            const impatient = 'priority = 1\nlimits = { no_response_seconds = 1 }';
            const server = await serve(first.route('trunk-a', impatient) + second.route('trunk-b'));
            const { number, id } = await call(server);
            await second.call(number, (each) => each.acknowledged);
            const event = await outcome(server, id);
            assert.equal(event.state, 'delivered');
            assert.equal(event.route, 'trunk-b');
        });
    }
});

describe('a phone that nobody picks up', () => {
    it('is given up by CANCEL', async () => {
        const peer = await trunk({ script: (each) => each.reply('183 Session Progress') });
        const server = await serve(peer.route('trunk-a', 'limits = { answer_seconds = 5 }'));
        const { number, id } = await call(server);
        assert.equal((await peer.call(number)).ended, 'cancel');
        assert.equal((await outcome(server, id)).state, 'failed');
    });
});

describe('a request that ends while its phone', () => {
    let peer;
    let server;
    before(async () => {
        peer = await trunk();
        server = await serve(peer.route('trunk-a'));
    });
    /** Begins a call of which that is heard, ends its request, and returns both as they stand then. */
    async function ended(script, end) {
        peer.script = script;
        const { number, id } = await call(server, { pin_code: '2580' });
        await peer.call(number, (each) => each.invite);
        await poll(async () => ((await story(server, id)).events[0].state === 'submitted' ? true : undefined), 'ringing');
        await end(id);
        return { taken: await peer.call(number), event: await outcome(server, id), id };
    }

    it('rings: CANCEL, and nothing is charged', async () => {
        const { taken, event, id } = await ended(
            (each) => each.ring(),
            async (id) => assert.equal(await server.check(id, '2580'), '0'),
        );
        assert.equal(taken.ended, 'cancel');
        assert.equal(taken.loud, 0);
        assert.deepEqual([event.state, event.reason], ['failed', 'the request ended first']);
        assert.equal((await server.search(id)).status, 'SUCCESS');
        assert.equal((await server.search(id)).estimated_price_messages_sent, '0.00000000');
    });

    it('listens and has not heard the PIN: BYE', async () => {
        const { taken, event } = await ended(
            (each) => each.answer(),
            async (id) => {
                for (const wrong of ['1111', '2222', '3333']) await server.check(id, wrong);
            },
        );
        assert.equal(taken.ended, 'bye');
        assert.deepEqual([event.state, event.reason], ['failed', 'the request ended first']);
    });

    it('has heard the PIN: it is heard to its end', async () => {
        peer.script = (each) => each.answer();
        const { number, id } = await call(server, { pin_code: '2580' });
        assert.equal((await outcome(server, id)).state, 'delivered');
        assert.equal(await server.check(id, '2580'), '0');
        assert.equal((await peer.call(number)).ended, 'bye');
        assert.equal((await story(server, id)).events[0].state, 'delivered');
    });
});

describe('the gate', () => {
    it('opens to key 1, and a machine hears no PIN', async () => {
        const peer = await trunk({ script: (each) => each.answer() });
        const server = await serve(peer.route('trunk-a'), 'gate = true\n');
        const machine = await call(server);
        const person = await call(server);
        const listening = await peer.call(person.number, (each) => each.loud > 20);
        listening.press(1);
        assert.equal((await outcome(server, person.id)).state, 'delivered');
        const refused = await outcome(server, machine.id);
        assert.equal(refused.state, 'failed');
        assert.equal(refused.reason, 'no key was pressed');
        const heard = await peer.call(machine.number);
        assert.ok(heard.loud < listening.loud, `${heard.loud} frames of prompts, ${listening.loud} with the message`);
    });
});

describe('a trunk over TCP or TLS', () => {
    it('carries calls over TCP', async () => {
        const peer = await trunk({ transport: 'tcp' });
        const server = await serve(peer.route('trunk-a'));
        const { number, id } = await call(server);
        assert.equal((await outcome(server, id)).state, 'delivered');
        await server.stop();
        assert.equal((await peer.call(number)).ended, 'bye', 'the house closes, and the PIN has been said');
    });

    it('is believed over TLS with the right certificate only', async () => {
        const authority = await Authority.make();
        const other = await Authority.make('Another CA');
        const peer = await trunk({ transport: 'tls', certificate: await authority.sign('trunk.test') });
        for (const [ca, name, believed] of [
            [authority, 'trunk.test', true],
            [authority, 'other.test', false],
            [other, 'trunk.test', false],
        ]) {
            const tls = `tls = { ca_file = "${ca.file}", server_name = "${name}" }`;
            const server = await serve(peer.route('trunk-a', tls));
            const before = peer.calls.length;
            const { id } = await call(server);
            assert.equal((await outcome(server, id)).state, believed ? 'delivered' : 'failed', `${name}`);
            assert.equal(peer.calls.length - before, believed ? 1 : 0);
        }
    });
});
