// The order of judgement: of everything that is wrong with a call, the first failure answers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Server, roger, wrongCode } from './support/server.mjs';

const unknownId = '0123456789abcdef0123456789abcdef';
const denied = '447700900950';
const config = `[numbers]\ndeny = ["${denied}", "1900"]\n`;

const text = {
    missing: (name) => `Your request is incomplete and missing the mandatory parameter \`${name}\``,
    barred: 'The api_key you supplied is for an account that has been barred from submitting messages.',
    pinCode: 'This account does not support the parameter: pin_code.',
    denied: 'The number you are trying to verify is blacklisted for verification.',
    demo:
        'Your account is still in demo mode. While in demo mode you must add target numbers to the approved list ' +
        'for your account.',
    notServed: 'The destination number is not in a supported network',
    concurrent: 'Concurrent verifications to the same number are not allowed',
    wrong: 'The code inserted does not match the expected value',
    tooMany: 'The wrong code was provided too many times. Request terminated',
    checkUnknown: (id) =>
        'The platform was unable to process this message for the following reason: ' +
        `Request '${id}' was not found or it has been verified already.`,
    controlUnknown: (id) => `The requestId '${id}' does not exist or its no longer active.`,
    cancelEarly: (id) => `Verification request ['${id}'] can't be cancelled within the first 30 seconds.`,
    noEvents: (id) => `No more events are left to execute for the request ['${id}']`,
};

describe('the order of judgement', () => {
    let server;
    let plain;
    before(async () => {
        server = await Server.start({ config });
        plain = await server.account('--rate', '0');
    });
    after(() => server?.stop());

    const complete = {
        start: () => ({ number: server.number(), brand: 'Acme' }),
        psd2: () => ({ number: server.number(), payee: 'Acme', amount: '1.00' }),
        check: () => ({ request_id: unknownId, code: '1234' }),
        search: () => ({ request_id: unknownId }),
        control: () => ({ request_id: unknownId, cmd: 'cancel' }),
    };

    async function refused(call, parameters, status, errorText, how = {}) {
        const { body, headers } = await server.v1(call, parameters, how);
        assert.equal(body.status, status, JSON.stringify(body));
        if (errorText !== undefined) assert.equal(body.error_text, errorText);
        return { body, headers };
    }

    for (const [call, parameters] of Object.entries(complete)) {
        const badCredentials = ['start', 'psd2'].includes(call)
            ? 'Invalid credentials were provided'
            : 'Bad credentials';
        it(`${call}: key, then secret, then both together, before any parameter`, async () => {
            for (const each of [parameters(), {}]) {
                await refused(call, each, '2', 'Missing api_key', { auth: 'none' });
                await refused(call, { ...each, api_secret: server.secret }, '2', 'Missing api_key', { auth: 'none' });
                await refused(call, { ...each, api_key: server.key }, '2', 'Missing api_secret', { auth: 'none' });
            }
            await refused(call, {}, '4', badCredentials, { account: { key: server.key, secret: 'no' } });
            await refused(call, parameters(), '4', badCredentials, {
                account: { key: 'nobody', secret: server.secret },
            });
        });
    }

    const mandatory = {
        start: ['number', 'brand'],
        psd2: ['number', 'payee', 'amount'],
        check: ['request_id', 'code'],
        search: ['request_id'],
        control: ['request_id', 'cmd'],
    };
    for (const [call, order] of Object.entries(mandatory)) {
        it(`${call}: the mandatory parameters in their order, missing or empty`, async () => {
            await refused(call, {}, '2', text.missing(order[0]));
            for (const name of order) {
                const without = complete[call]();
                delete without[name];
                await refused(call, without, '2', text.missing(name));
                await refused(call, { ...without, [name]: '' }, '2', text.missing(name));
                await refused(call, { ...without, [name]: null }, '2', text.missing(name), { as: 'json' });
            }
        });
    }

    it('a missing parameter stands before an invalid one, which stands before the right to pin_code', async () => {
        await refused('start', { number: 'x', pin_code: '1' }, '2', text.missing('brand'), { account: plain });
        const invalid = { number: 'x', brand: 'Acme', pin_code: '1234' };
        await refused('start', invalid, '3', 'Invalid value for number', { account: plain });
        const right = await server.account('--rate', '0', '--allow', 'pin_code');
        const { body } = await server.v1('start', { ...complete.start(), pin_code: '1234' }, { account: right });
        assert.equal(body.status, '0');
    });

    it('pin_code without the right stands before the deny list: 20, then 7', async () => {
        const both = { number: denied, brand: 'Acme', pin_code: '1234' };
        await refused('start', both, '20', text.pinCode, { account: plain });
        const { headers, body } = await refused('start', { number: denied, brand: 'Acme' }, '7', text.denied, {
            account: plain,
        });
        assert.match(headers['roger-reason'], /^rule=/);
        assert.equal(body.request_id, undefined);
        await refused('start', { number: '19005550100', brand: 'Acme' }, '7', text.denied);
        await refused('psd2', { number: denied, payee: 'Acme', amount: '1' }, '7', text.denied);
    });

    it('the deny list stands before demo mode, demo mode before the destination: 7, 29, 15', async () => {
        const demo = await server.account('--rate', '0', '--demo');
        await refused('start', { number: denied, brand: 'Acme', require_type: 'Landline' }, '7', text.denied, {
            account: demo,
        });
        const number = server.number();
        const wanted = { number, brand: 'Acme', require_type: 'Landline' };
        const { headers } = await refused('start', wanted, '29', text.demo, { account: demo });
        assert.match(headers['roger-reason'], /^rule=/);
    });

    it('the destination stands before the live request: 15, then 10', async () => {
        const number = '447400123456'; // a mobile number by the metadata
        const id = await server.begin({ number });
        const { headers } = await refused(
            'start',
            { number, brand: 'Acme', require_type: 'Landline' },
            '15',
            text.notServed,
        );
        assert.match(headers['roger-reason'], /^rule=/);
        const { body } = await refused(
            'start',
            { number, brand: 'Acme', require_type: 'mobile' },
            '10',
            text.concurrent,
        );
        assert.equal(body.request_id, id);
    });

    it('a type that the metadata does not know satisfies only All', async () => {
        const number = server.number();
        await refused('start', { number, brand: 'Acme', require_type: 'Mobile' }, '15', text.notServed);
        await refused('start', { number, brand: 'Acme', require_type: 'LANDLINE' }, '15', text.notServed);
        await server.begin({ number, require_type: 'aLL' });
    });

    it('another account may verify the same number at once', async () => {
        const number = server.number();
        const ids = [await server.begin({ number }), await server.begin({ number }, { account: plain })];
        assert.notEqual(ids[0], ids[1]);
        await refused('check', { request_id: ids[0], code: '1234' }, '6', text.checkUnknown(ids[0]), {
            account: plain,
        });
        await refused('search', { request_id: ids[0] }, '101', 'No response found', { account: plain });
        await refused('control', { request_id: ids[0], cmd: 'cancel' }, '6', text.controlUnknown(ids[0]), {
            account: plain,
        });
    });

    it('the rate of an account answers 1 before parameters are read, per endpoint', async () => {
        const slow = await server.account('--rate', '1', '--burst', '1');
        const answers = await Promise.all(Array.from({ length: 8 }, () => server.v1('start', {}, { account: slow })));
        const statuses = answers.map((answer) => answer.body.status);
        assert.ok(statuses.includes('2'), 'the first one is served');
        const throttled = answers.filter((answer) => answer.body.status === '1');
        assert.ok(throttled.length >= 5, statuses.join(' '));
        for (const { body, headers } of throttled) {
            assert.match(body.error_text, /^Throttled/);
            assert.match(headers['roger-reason'], /^rule=/);
        }
        const { body } = await server.v1('search', { request_id: unknownId }, { account: slow });
        assert.equal(body.status, '101', 'search has a rate of its own');
    });
});

describe('the state of an account', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    it('barred: start, psd2 and control answer 8 whatever else is wrong; check and search go on', async () => {
        const account = await server.account('--rate', '0');
        const id = await server.begin({}, { account });
        const pin = await server.pin(id, account);
        const barred = await roger(['account', 'update', account.key, '--barred', '--data', server.data]);
        assert.equal(barred.code, 0, barred.stderr);
        for (const call of ['start', 'psd2', 'control']) {
            const { body } = await server.v1(call, {}, { account });
            assert.deepEqual([body.status, body.error_text], ['8', text.barred], call);
            const wrong = await server.v1(call, {}, { account: { ...account, secret: 'no' } });
            assert.equal(wrong.body.status, '4');
        }
        assert.equal(await server.check(id, wrongCode(pin), { account }), '16');
        assert.equal(await server.check(id, pin, { account }), '0');
        assert.equal((await server.search(id, { account })).status, 'SUCCESS');
        const free = await roger(['account', 'update', account.key, '--no-barred', '--data', server.data]);
        assert.equal(free.code, 0, free.stderr);
        await server.begin({}, { account });
    });

    it('demo: an approved number is served, by whatever way it is written', async () => {
        const account = await server.account('--rate', '0', '--demo');
        const number = server.number();
        const refused = await server.v1('start', { number, brand: 'Acme' }, { account });
        assert.deepEqual([refused.body.status, refused.body.error_text], ['29', text.demo]);
        const approve = ['account', 'update', account.key, '--approve', '-', '--data', server.data];
        const approved = await roger(approve, { input: `+${number}\n` });
        assert.equal(approved.code, 0, approved.stderr);
        await server.begin({ number }, { account });
        const other = await server.v1('start', { number: server.number(), brand: 'Acme' }, { account });
        assert.equal(other.body.status, '29');
    });

    it('six digits required: the default is six, and four are refused or made six', async () => {
        const account = await server.account('--rate', '0', '--six-digits');
        const id = await server.begin({}, { account });
        assert.match(await server.pin(id, account), /^\d{6}$/);
    });
});

describe('requests that are not there or not live', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    it('check: one text for unknown and verified, with the request_id', async () => {
        const unknown = await server.v1('check', { request_id: unknownId, code: '1234' });
        assert.deepEqual(unknown.body, {
            request_id: unknownId,
            status: '6',
            error_text: text.checkUnknown(unknownId),
        });
        const id = await server.begin();
        const pin = await server.pin(id);
        assert.equal(await server.check(id, pin), '0');
        const again = await server.v1('check', { request_id: id, code: pin });
        assert.deepEqual(again.body, { request_id: id, status: '6', error_text: text.checkUnknown(id) });
    });

    it('check: wrong, wrong, too many, gone', async () => {
        const id = await server.begin();
        const pin = await server.pin(id);
        const said = [];
        for (const step of [1, 2, 3, 4]) {
            const { body } = await server.v1('check', { request_id: id, code: wrongCode(pin, step) });
            assert.equal(body.request_id, id);
            said.push([body.status, body.error_text]);
        }
        assert.deepEqual(said, [
            ['16', text.wrong],
            ['16', text.wrong],
            ['17', text.tooMany],
            ['6', text.checkUnknown(id)],
        ]);
        assert.equal(await server.check(id, pin), '6');
        assert.equal((await server.search(id)).status, 'FAILED');
    });

    it('control: unknown 6, unknown command 3, too early 19, no events left 19; no request_id in any', async () => {
        const gone = await server.v1('control', { request_id: unknownId, cmd: 'cancel' });
        assert.deepEqual(gone.body, { status: '6', error_text: text.controlUnknown(unknownId) });
        const id = await server.begin({ workflow_id: '6' });
        const odd = await server.v1('control', { request_id: id, cmd: 'dance' });
        assert.deepEqual(odd.body, { status: '3', error_text: 'Invalid value for param: cmd' });
        assert.deepEqual(await server.cancel(id), { status: '19', error_text: text.cancelEarly(id) });
        assert.deepEqual(await server.next(id), { status: '19', error_text: text.noEvents(id) });
    });

    it('search: 101 for unknown, 18 for more than ten, unknown ones left out of a list', async () => {
        const none = await server.v1('search', { request_id: unknownId });
        assert.deepEqual([none.body.status, none.body.error_text], ['101', 'No response found']);
        const eleven = Array.from({ length: 11 }, (_, index) => unknownId.slice(0, 30) + String(10 + index));
        const many = await server.v1('search', { request_ids: eleven }, { as: 'query' });
        assert.deepEqual([many.body.status, many.body.error_text], ['18', 'Too many request_ids provided']);
        const id = await server.begin();
        for (const how of [{ as: 'query' }, { as: 'form' }, { as: 'json' }]) {
            const some = await server.v1('search', { request_ids: [id, ...eleven.slice(0, 9)] }, how);
            assert.deepEqual(
                some.body.verification_requests.map((each) => each.request_id),
                [id],
            );
            const all = await server.v1('search', { request_ids: eleven.slice(0, 10) }, how);
            assert.deepEqual([all.body.status, all.body.error_text], ['101', 'No response found']);
        }
    });

    it('search: the whole object of a running request', async () => {
        const number = server.number();
        const id = await server.begin({ number, sender_id: 'ACME' });
        const found = await server.search(id);
        const {
            date_submitted,
            first_event_date,
            last_event_date,
            events,
            price,
            estimated_price_messages_sent,
            ...rest
        } = found;
        assert.deepEqual(rest, {
            request_id: id,
            account_id: server.key,
            number,
            sender_id: 'ACME',
            currency: 'EUR',
            status: 'IN PROGRESS',
            date_finalized: '',
            checks: [],
        });
        for (const date of [date_submitted, first_event_date, last_event_date]) {
            assert.match(date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
        }
        assert.match(price, /^\d+\.\d{8}$/);
        assert.match(estimated_price_messages_sent, /^\d+\.\d{8}$/);
        assert.equal(events.length, 1);
        assert.equal(events[0].type, 'sms');
        assert.match(events[0].id, /^[0-9A-F]{16}$/);
    });
});
