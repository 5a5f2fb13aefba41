// Real client libraries, unchanged, walk through a verification. One table of adapters: each gives the same six calls.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { clients, nexmo2 } from './support/clients.mjs';
import { Server, bootstrap, wrongCode } from './support/server.mjs';

const decimal = /^\d+\.\d{8}$/;
const dateTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** A client may answer in words of its own beside those of the wire; the wire's must be there. */
function assertHas(actual, expected) {
    for (const [name, value] of Object.entries(expected)) {
        assert.equal(actual[name], value, `${name} in ${JSON.stringify(actual)}`);
    }
}

for (const { name, connect, amount, searchesLists } of clients) {
    describe(`with ${name}`, () => {
        let server;
        let client;
        before(async () => {
            server = await Server.start();
            client = await connect(server);
        });
        after(() => server?.stop());

        async function started(parameters = {}) {
            const number = parameters.number ?? server.number();
            const answer = await client.start({ number, brand: 'Acme', ...parameters });
            assertHas(answer, { status: '0' });
            assert.match(answer.request_id, /^[0-9a-f]{32}$/);
            return { number, id: answer.request_id };
        }

        it('verifies 447700900000: wrong code, right code, search', async () => {
            const { number, id } = await started({ number: '447700900000' });
            const pin = await server.pin(id);
            assert.match(pin, /^\d{4}$/);
            assertHas(await client.check(id, wrongCode(pin)), { request_id: id, status: '16' });
            const right = await client.check(id, pin);
            assertHas(right, { request_id: id, status: '0', currency: 'EUR' });
            assert.match(right.event_id, /^[0-9A-F]{16}$/);
            assert.match(right.price, decimal);
            assert.match(right.estimated_price_messages_sent, decimal);
            const found = await client.search(id);
            assertHas(found, {
                request_id: id,
                account_id: bootstrap.key,
                number,
                status: 'SUCCESS',
                sender_id: 'verify',
            });
            assert.match(found.date_submitted, dateTime);
            assert.match(found.date_finalized, dateTime);
            assert.deepEqual(
                found.checks.map((check) => check.status),
                ['INVALID', 'VALID'],
            );
            assert.deepEqual(
                found.checks.map((check) => check.code),
                [wrongCode(pin), pin],
            );
            assert.deepEqual(
                found.events.map((event) => event.type),
                ['sms'],
            );
            assertHas(await client.check(id, pin), { request_id: id, status: '6' });
        });

        it('is told of the live request when it starts another one for the number', async () => {
            const { number, id } = await started();
            assertHas(await client.start({ number, brand: 'Acme' }), { request_id: id, status: '10' });
            assertHas(await client.search(id), { status: 'IN PROGRESS' });
        });

        it('cannot cancel within 30 seconds, but then', async () => {
            const { id } = await started();
            assertHas(await client.cancel(id), { status: '19' });
            await server.clock(31);
            assertHas(await client.cancel(id), { status: '0', command: 'cancel' });
            assertHas(await client.search(id), { status: 'CANCELLED' });
        });

        it('triggers the next event, a call with the same PIN', async () => {
            const { id } = await started();
            assertHas(await client.next(id), { status: '0', command: 'trigger_next_event' });
            const messages = await server.messages({ request_id: id });
            assert.deepEqual(
                messages.map((message) => message.channel),
                ['tts', 'sms'],
            );
            assert.equal(messages[0].pin, messages[1].pin);
            assertHas(await client.check(id, messages[0].pin), { status: '0' });
        });

        it('verifies a payment with the payee and the amount in the message', async () => {
            const number = server.number();
            const answer = await client.psd2(number, 'Shop', amount);
            assertHas(answer, { status: '0' });
            const [message] = await server.messages({ number });
            assert.match(message.text, /Shop/);
            assert.match(message.text, /€|EUR/);
            assert.match(message.text, /48[.,]50/);
            assertHas(await client.check(answer.request_id, message.pin), { status: '0' });
        });

        it('is told what is wrong without an exception', async () => {
            const refused = await client.start({ number: '12', brand: 'Acme' });
            assertHas(refused, { status: '3', error_text: 'Invalid value for number' });
        });

        it('finds several requests at once', { skip: !searchesLists && 'joins the ids with a comma' }, async () => {
            const ids = [(await started()).id, (await started()).id];
            const found = await client.search(ids);
            assert.deepEqual(found.verification_requests.map((request) => request.request_id).sort(), ids.sort());
        });
    });
}

for (const method of ['md5hash', 'md5', 'sha1', 'sha256', 'sha512']) {
    for (const library of ['nexmo', 'vonage2']) {
        describe(`with ${library}, requests signed by ${method}`, () => {
            const signatureSecret = 'e2e-signature-secret-0123456789';
            let server;
            before(async () => {
                const env = {
                    ROGER_BOOTSTRAP_SIGNATURE_SECRET: signatureSecret,
                    ROGER_BOOTSTRAP_SIGNATURE_METHOD: method,
                };
                server = await Server.start({ env });
            });
            after(() => server?.stop());

            it('are accepted with the right secret and refused with another or by another method', async () => {
                const good = await nexmo2(library, { signatureSecret, signatureMethod: method })(server);
                const number = server.number();
                const answer = await good.start({ number, brand: 'Acme Ltd' });
                assertHas(answer, { status: '0' });
                assertHas(await good.check(answer.request_id, await server.pin(answer.request_id)), { status: '0' });
                const other = await nexmo2(library, { signatureSecret: 'another-one', signatureMethod: method })(
                    server,
                );
                assertHas(await other.start({ number, brand: 'Acme Ltd' }), { status: '4' });
                const wrongMethod = method === 'sha256' ? 'sha512' : 'sha256';
                const mixed = await nexmo2(library, { signatureSecret, signatureMethod: wrongMethod })(server);
                assertHas(await mixed.start({ number, brand: 'Acme Ltd' }), { status: '4' });
            });
        });
    }
}
