// Workflows, PIN life and cancelling along service time, which the sandbox clock moves on.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Server, wrongCode } from './support/server.mjs';

/** How far a moment may be off: the real seconds that pass while a test runs. */
const slackSeconds = 5;

function assertAbout(actual, expected, what) {
    assert.ok(Math.abs(actual - expected) <= slackSeconds, `${what}: ${actual} s, expected about ${expected} s`);
}

const seconds = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;
const utc = (date) => `${date.replace(' ', 'T')}Z`;

describe('along service time', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    /** Oldest first. */
    async function messagesOf(request_id) {
        return (await server.messages({ request_id })).reverse();
    }
    const distinct = (messages) => new Set(messages.map((message) => message.pin)).size;

    it('workflow 1 runs to its end: SMS, call, call with a new PIN, EXPIRED', async () => {
        const id = await server.begin({ code_length: '6' });
        await server.clock(115);
        assert.equal((await messagesOf(id)).length, 1, 'nothing before 125 s');
        await server.clock(10);
        let sent = await messagesOf(id);
        assert.deepEqual(
            sent.map((message) => message.channel),
            ['sms', 'tts'],
        );
        assert.equal(distinct(sent), 1, 'the call repeats the PIN');
        await server.clock(170);
        assert.equal((await messagesOf(id)).length, 2, 'nothing before 305 s');
        await server.clock(10);
        sent = await messagesOf(id);
        assert.deepEqual(
            sent.map((message) => message.channel),
            ['sms', 'tts', 'tts'],
        );
        assert.equal(distinct(sent), 2, 'the third event has a new PIN');
        assert.equal(sent[0].pin, sent[1].pin);
        assert.equal(await server.check(id, sent[0].pin), '16', 'the old PIN is dead');
        await server.clock(290);
        assert.equal((await server.search(id)).status, 'IN PROGRESS');
        await server.clock(10);
        const found = await server.search(id);
        assert.equal(found.status, 'EXPIRED');
        assert.deepEqual(
            found.events.map((event) => event.type),
            ['sms', 'tts', 'tts'],
        );
        assertAbout(seconds(utc(found.date_submitted), utc(found.date_finalized)), 605, 'the end');
        assert.equal(await server.check(id, sent[2].pin), '6', 'the PIN ended with the request');
        assert.equal((await messagesOf(id)).length, 3);
    });

    const workflows = {
        1: { channels: ['sms', 'tts', 'tts'], waits: [125, 180], end: 605 },
        2: { channels: ['sms', 'sms', 'tts'], waits: [125, 180], end: 605 },
        3: { channels: ['tts', 'tts'], waits: [150], end: 300 },
        4: { channels: ['sms', 'sms'], waits: [120], end: 300 },
        5: { channels: ['sms', 'tts'], waits: [120], end: 300 },
        6: { channels: ['sms'], waits: [], end: 300 },
        7: { channels: ['tts'], waits: [], end: 300 },
    };
    for (const [workflow_id, { channels, waits, end }] of Object.entries(workflows)) {
        it(`workflow ${workflow_id}: each event at its own moment, in one leap of the clock`, async () => {
            const id = await server.begin({ workflow_id });
            await server.clock(86_400);
            const sent = await messagesOf(id);
            assert.deepEqual(
                sent.map((message) => message.channel),
                channels,
            );
            waits.forEach((wait, index) =>
                assertAbout(seconds(sent[index].at, sent[index + 1].at), wait, `event ${index + 2}`),
            );
            const found = await server.search(id);
            assert.equal(found.status, 'EXPIRED');
            assertAbout(seconds(utc(found.date_submitted), utc(found.date_finalized)), end, 'the end');
        });
    }

    it('the clock says where it stands and only goes forward', async () => {
        const one = await server.clock(60);
        const two = await server.clock(60);
        assert.equal(two.advanced_seconds, 60);
        assert.match(two.now, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assertAbout(seconds(one.now, two.now), 60, 'a minute');
        assert.ok(seconds(one.now, two.now) >= 60);
    });

    it('cancel: not within 30 s, then once; nothing follows', async () => {
        const id = await server.begin();
        const pin = await server.pin(id);
        assert.equal((await server.cancel(id)).status, '19');
        await server.clock(30);
        assert.deepEqual(await server.cancel(id), { status: '0', command: 'cancel' });
        assert.equal((await server.cancel(id)).status, '6');
        assert.equal(await server.check(id, pin), '6');
        await server.clock(1000);
        assert.equal((await messagesOf(id)).length, 1);
        const found = await server.search(id);
        assert.equal(found.status, 'CANCELLED');
        assertAbout(seconds(utc(found.date_submitted), utc(found.date_finalized)), 30, 'the end');
    });

    for (const [how, second] of [
        ['after its wait', (id) => server.clock(130)],
        ['triggered', (id) => server.next(id)],
    ]) {
        it(`cancel is refused once the second event has run (${how})`, async () => {
            const id = await server.begin();
            await second(id);
            await server.clock(31);
            const text =
                `Verification request  ['${id}'] can't be cancelled now. ` +
                'Too many attempts to re-deliver have already been made.';
            assert.deepEqual(await server.cancel(id), { status: '19', error_text: text });
        });
    }

    it('an account with lenient cancel may cancel at any time', async () => {
        const account = await server.account('--rate', '0', '--allow', 'lenient_cancel');
        const early = await server.begin({}, { account });
        assert.equal((await server.cancel(early, { account })).status, '0');
        const late = await server.begin({}, { account });
        assert.equal((await server.next(late, { account })).status, '0');
        assert.equal((await server.cancel(late, { account })).status, '0');
    });

    it('trigger_next_event runs the events one by one; later waits count from it', async () => {
        const id = await server.begin();
        assert.deepEqual(await server.next(id), { status: '0', command: 'trigger_next_event' });
        await server.clock(86_400);
        const sent = await messagesOf(id);
        assert.deepEqual(
            sent.map((message) => message.channel),
            ['sms', 'tts', 'tts'],
        );
        assertAbout(seconds(sent[0].at, sent[1].at), 0, 'the triggered event');
        assertAbout(seconds(sent[1].at, sent[2].at), 180, 'the third event');
        const other = await server.begin();
        assert.equal((await server.next(other)).status, '0');
        assert.equal((await server.next(other)).status, '0');
        const last = await server.next(other);
        assert.deepEqual(last, {
            status: '19',
            error_text: `No more events are left to execute for the request ['${other}']`,
        });
        assert.equal(distinct(await messagesOf(other)), 1, 'the same PIN within its life');
        assert.equal((await server.search(other)).events.length, 3);
    });

    // What the waits make of the PIN: which of the three messages share one.
    const shares = [
        { given: { pin_expiry: '180', next_event_wait: '60' }, pattern: [0, 0, 0], why: 'p = 3w: one PIN' },
        { given: { pin_expiry: '120', next_event_wait: '60' }, pattern: [0, 0, 1], why: 'p = 2w: the third is new' },
        { given: { pin_expiry: '60', next_event_wait: '60' }, pattern: [0, 1, 2], why: 'p = w: each is new' },
        { given: { pin_expiry: '100', next_event_wait: '60' }, pattern: [0, 1, 2], why: 'no multiple: p becomes w' },
        { given: { pin_expiry: '60', next_event_wait: '120' }, pattern: [0, 1, 2], why: 'less than w: p becomes w' },
        { given: { next_event_wait: '400' }, pattern: [0, 1, 2], why: 'only w over 300: p becomes w' },
        { given: { next_event_wait: '100' }, pattern: [0, 0, 0], why: 'only w: p stays 300' },
        { given: { pin_expiry: '3600' }, pattern: [0, 0, 0], why: 'only p: the default waits' },
    ];
    for (const { given, pattern, why } of shares) {
        it(`PINs of ${JSON.stringify(given)}: ${why}`, async () => {
            const id = await server.begin({ ...given, code_length: '6', workflow_id: '2' });
            await server.clock(86_400);
            const sent = await messagesOf(id);
            assert.equal(sent.length, 3);
            const seen = [...new Set(sent.map((message) => message.pin))];
            assert.deepEqual(
                sent.map((message) => seen.indexOf(message.pin)),
                pattern,
            );
            if (given.next_event_wait) {
                assertAbout(seconds(sent[0].at, sent[1].at), Number(given.next_event_wait), 'the first wait');
                assertAbout(seconds(sent[1].at, sent[2].at), Number(given.next_event_wait), 'the second wait');
            }
        });
    }

    it('workflow 6 waits for pin_expiry whatever next_event_wait says', async () => {
        const id = await server.begin({ workflow_id: '6', pin_expiry: '120', next_event_wait: '60' });
        const pin = await server.pin(id);
        await server.clock(100);
        assert.equal(await server.check(id, wrongCode(pin)), '16');
        assert.equal(await server.check(id, pin), '0');
    });

    it('an expired PIN is wrong, and counts', async () => {
        const id = await server.begin({ workflow_id: '4', pin_expiry: '60', code_length: '6' });
        const first = await server.pin(id);
        await server.clock(70);
        assert.equal(await server.check(id, first), '16');
        assert.equal(await server.check(id, first), '16');
        await server.clock(60);
        const second = await server.pin(id);
        assert.notEqual(second, first);
        assert.equal(await server.check(id, first), '16', 'the new PIN begins a new count');
        assert.equal(await server.check(id, second), '0');
    });

    it('a PIN of 300 s is good before its end', async () => {
        const id = await server.begin({ workflow_id: '6' });
        const pin = await server.pin(id);
        await server.clock(290);
        assert.equal(await server.check(id, pin), '0');
    });

    it('the third wrong code of one PIN ends the request', async () => {
        const id = await server.begin();
        const pin = await server.pin(id);
        assert.equal(await server.check(id, wrongCode(pin, 1)), '16');
        assert.equal((await server.next(id)).status, '0');
        assert.equal(await server.check(id, wrongCode(pin, 2)), '16');
        assert.equal(await server.check(id, wrongCode(pin, 3)), '17');
        const found = await server.search(id);
        assert.equal(found.status, 'FAILED');
        assert.notEqual(found.date_finalized, '');
        assert.equal((await server.next(id)).status, '6');
        await server.clock(1000);
        assert.equal((await messagesOf(id)).length, 2);
    });

    it('a new PIN begins a new count of wrong codes', async () => {
        const id = await server.begin({ workflow_id: '2', pin_expiry: '60', next_event_wait: '60' });
        const first = await server.pin(id);
        assert.equal(await server.check(id, wrongCode(first, 1)), '16');
        assert.equal(await server.check(id, wrongCode(first, 2)), '16');
        await server.clock(61);
        const second = await server.pin(id);
        assert.equal(await server.check(id, wrongCode(second, 1)), '16');
        assert.equal(await server.check(id, wrongCode(second, 2)), '16');
        assert.equal(await server.check(id, second), '0');
    });

    it("a caller's own PIN stays the same, its count goes on, and it is wiped at the end", async () => {
        const id = await server.begin({
            pin_code: 'ABC123',
            workflow_id: '2',
            pin_expiry: '60',
            next_event_wait: '60',
        });
        assert.equal(await server.check(id, 'ABC124'), '16');
        await server.clock(61);
        assert.deepEqual(
            (await messagesOf(id)).map((message) => message.pin),
            ['ABC123', 'ABC123'],
        );
        assert.equal(await server.check(id, 'ABC125'), '16');
        await server.clock(61);
        assert.equal(await server.check(id, 'ABC126'), '17');
        assert.deepEqual(
            (await messagesOf(id)).map((message) => message.pin),
            [null, null, null],
        );
    });
});

describe('a start that is repeated', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    const ways = {
        client_ref: (reference) => [{ client_ref: reference }, {}],
        'Idempotency-Key': (reference) => [{}, { headers: { 'Idempotency-Key': reference } }],
    };
    for (const [name, give] of Object.entries(ways)) {
        it(`with the same ${name} is answered the same, without a second message`, async () => {
            const number = server.number();
            const [parameters, how] = give('order-4711');
            const id = await server.begin({ number, ...parameters }, how);
            assert.equal(await server.begin({ number, ...parameters }, how), id);
            const at_once = Array.from({ length: 10 }, () => server.begin({ number, ...parameters }, how));
            assert.deepEqual(new Set(await Promise.all(at_once)), new Set([id]));
            assert.equal((await server.messages({ number })).length, 1);
        });

        it(`with the same ${name} and another brand or workflow is 3`, async () => {
            const number = server.number();
            const [parameters, how] = give('order-4712');
            await server.begin({ number, ...parameters }, how);
            for (const other of [{ brand: 'Other' }, { brand: 'Acme', workflow_id: '4' }]) {
                const { body } = await server.v1('start', { number, brand: 'Acme', ...parameters, ...other }, how);
                assert.equal(body.status, '3', JSON.stringify(body));
            }
        });

        it(`with another ${name}, or none, is 10`, async () => {
            const number = server.number();
            const [parameters, how] = give('order-4713');
            const id = await server.begin({ number, ...parameters }, how);
            const [otherParameters, otherHow] = give('order-4714');
            for (const [each, eachHow] of [
                [otherParameters, otherHow],
                [{}, {}],
            ]) {
                const { body } = await server.v1('start', { number, brand: 'Acme', ...each }, eachHow);
                assert.deepEqual([body.status, body.request_id], ['10', id]);
            }
        });

        it(`with the same ${name} after the end is a new request`, async () => {
            const number = server.number();
            const [parameters, how] = give('order-4715');
            const id = await server.begin({ number, ...parameters }, how);
            assert.equal(await server.check(id, await server.pin(id)), '0');
            assert.notEqual(await server.begin({ number, ...parameters }, how), id);
        });
    }

    it('a repeated payment of another amount is 3', async () => {
        const payment = { number: server.number(), payee: 'Shop', amount: '10.00', client_ref: 'order-1' };
        const first = await server.v1('psd2', payment);
        assert.equal(first.body.status, '0');
        const same = await server.v1('psd2', payment);
        assert.deepEqual(same.body, first.body);
        const other = await server.v1('psd2', { ...payment, amount: '11.00' });
        assert.equal(other.body.status, '3');
    });

    it('ten starts at once without a key: one request, nine are told of it', async () => {
        const number = server.number();
        const answers = await Promise.all(
            Array.from({ length: 10 }, () => server.v1('start', { number, brand: 'Acme' })),
        );
        const statuses = answers.map((answer) => answer.body.status).sort();
        assert.deepEqual(statuses, ['0', ...Array(9).fill('10')]);
        assert.equal(new Set(answers.map((answer) => answer.body.request_id)).size, 1);
    });
});
