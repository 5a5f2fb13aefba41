// The XML form of every call: roots, wrappers, errors under the root of their path.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Server, wrongCode } from './support/server.mjs';
import { child, names, parseXml, textOf } from './support/xml.mjs';

describe('XML', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    async function call(name, parameters, how = {}) {
        return parseXml((await server.v1(name, parameters, { ...how, format: 'xml' })).text);
    }

    it('walks through a verification', async () => {
        const number = server.number();
        const start = await call('start', { number, brand: 'Acme' });
        assert.equal(start.name, 'verify_response');
        assert.deepEqual(names(start), ['request_id', 'status']);
        assert.equal(textOf(start, 'status'), '0');
        const id = textOf(start, 'request_id');
        const pin = await server.pin(id);

        const wrong = await call('check', { request_id: id, code: wrongCode(pin) });
        assert.equal(wrong.name, 'verify_response');
        assert.equal(textOf(wrong, 'status'), '16');
        assert.equal(textOf(wrong, 'error_text'), 'The code inserted does not match the expected value');
        const right = await call('check', { request_id: id, code: pin }, { as: 'query' });
        assert.equal(right.name, 'verify_response');
        assert.equal(textOf(right, 'status'), '0');
        assert.match(textOf(right, 'event_id'), /^[0-9A-F]{16}$/);
        assert.match(textOf(right, 'price'), /^\d+\.\d{8}$/);
        assert.equal(textOf(right, 'currency'), 'EUR');

        const search = await call('search', { request_id: id });
        assert.equal(search.name, 'verify_request');
        assert.equal(textOf(search, 'status'), 'SUCCESS');
        assert.equal(textOf(search, 'number'), number);
        const checks = child(search, 'checks');
        assert.deepEqual(names(checks), ['check', 'check']);
        assert.deepEqual(
            checks.children.map((check) => textOf(check, 'status')),
            ['INVALID', 'VALID'],
        );
        const events = child(search, 'events');
        assert.deepEqual(names(events), ['event']);
        assert.equal(textOf(events.children[0], 'type'), 'sms');
    });

    it('controls under the root response', async () => {
        const id = await server.begin();
        const early = await call('control', { request_id: id, cmd: 'cancel' });
        assert.equal(early.name, 'response');
        assert.equal(textOf(early, 'status'), '19');
        assert.equal(
            textOf(early, 'error_text'),
            `Verification request ['${id}'] can't be cancelled within the first 30 seconds.`,
        );
        const next = await call('control', { request_id: id, cmd: 'trigger_next_event' });
        assert.equal(next.name, 'response');
        assert.deepEqual([textOf(next, 'status'), textOf(next, 'command')], ['0', 'trigger_next_event']);
    });

    it('starts a payment under verify_response', async () => {
        const start = await call('psd2', { number: server.number(), payee: 'Shop', amount: '48.50' });
        assert.equal(start.name, 'verify_response');
        assert.equal(textOf(start, 'status'), '0');
    });

    it('lists several requests under verification_requests', async () => {
        const ids = [await server.begin(), await server.begin()];
        const list = await call('search', { request_ids: ids });
        assert.equal(list.name, 'verification_requests');
        assert.deepEqual(names(list), ['verify_request', 'verify_request']);
        assert.deepEqual(list.children.map((each) => textOf(each, 'request_id')).sort(), ids.sort());
        const one = await call('search', { request_ids: [ids[0]] });
        assert.equal(one.name, 'verification_requests');
        assert.deepEqual(names(one), ['verify_request']);
    });

    const roots = {
        start: 'verify_response',
        psd2: 'verify_response',
        check: 'verify_response',
        search: 'verify_request',
        control: 'response',
    };
    for (const [name, root] of Object.entries(roots)) {
        it(`answers every refusal of ${name} under ${root}`, async () => {
            const noKey = await call(name, {}, { auth: 'none' });
            assert.equal(noKey.name, root);
            assert.equal(textOf(noKey, 'status'), '2');
            assert.equal(textOf(noKey, 'error_text'), 'Missing api_key');
            const badSecret = await call(name, {}, { account: { key: server.key, secret: 'wrong' } });
            assert.equal(badSecret.name, root);
            assert.equal(textOf(badSecret, 'status'), '4');
            const incomplete = await call(name, {});
            assert.equal(incomplete.name, root);
            assert.equal(textOf(incomplete, 'status'), '2');
        });
    }

    it('says 101 for an unknown request under verify_request', async () => {
        const unknown = await call('search', { request_id: '0123456789abcdef0123456789abcdef' });
        assert.equal(unknown.name, 'verify_request');
        assert.equal(textOf(unknown, 'status'), '101');
        assert.equal(textOf(unknown, 'error_text'), 'No response found');
    });
});
