// A thousand checks of one request at once over many connections: judged one after the other.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Server, wrongCode } from './support/server.mjs';

const checksAtOnce = 1000;

describe('a thousand checks at once', () => {
    let server;
    before(async () => {
        server = await Server.start({ connections: 200 });
    });
    after(() => server?.stop());

    async function tally(id, codes) {
        const count = {};
        const how = { auth: 'basic', as: 'json' };
        const statuses = await Promise.all(codes.map((code) => server.check(id, code, how)));
        for (const status of statuses) count[status] = (count[status] ?? 0) + 1;
        return count;
    }

    for (const code_length of ['4', '6']) {
        it(`of wrong codes: two wrong, one too many, the others find nothing (${code_length} digits)`, async () => {
            const id = await server.begin({ code_length });
            const pin = await server.pin(id);
            const codes = Array.from({ length: checksAtOnce }, (_, index) => wrongCode(pin, 1 + index));
            assert.deepEqual(await tally(id, codes), { 16: 2, 17: 1, 6: checksAtOnce - 3 });
            const found = await server.search(id);
            assert.equal(found.status, 'FAILED');
            assert.deepEqual(
                found.checks.map((check) => check.status),
                ['INVALID', 'INVALID', 'INVALID'],
            );
        });

        it(`of the right code: exactly one succeeds (${code_length} digits)`, async () => {
            const id = await server.begin({ code_length });
            const pin = await server.pin(id);
            assert.deepEqual(await tally(id, Array(checksAtOnce).fill(pin)), { 0: 1, 6: checksAtOnce - 1 });
            const found = await server.search(id);
            assert.equal(found.status, 'SUCCESS');
            assert.deepEqual(
                found.checks.map((check) => check.status),
                ['VALID'],
            );
        });
    }

    it('of all codes, one of them right: never more than three judged, never two right', async () => {
        const id = await server.begin();
        const pin = await server.pin(id);
        const codes = Array.from({ length: checksAtOnce }, (_, index) => wrongCode(pin, index));
        const count = await tally(id, codes);
        assert.ok((count[0] ?? 0) <= 1, JSON.stringify(count));
        assert.ok((count[0] ?? 0) + (count[16] ?? 0) + (count[17] ?? 0) <= 3, JSON.stringify(count));
        assert.equal((count[0] ?? 0) + (count[17] ?? 0), 1, 'one end');
        assert.equal(count[1], undefined);
    });

    it('checks and a cancel at once: one of them ends the request', async () => {
        const id = await server.begin();
        const pin = await server.pin(id);
        await server.clock(31);
        const [cancel, ...checks] = await Promise.all([
            server.cancel(id),
            ...Array.from({ length: 50 }, () => server.check(id, pin)),
        ]);
        const right = checks.filter((status) => status === '0').length;
        assert.equal(right + (cancel.status === '0' ? 1 : 0), 1, JSON.stringify([cancel, checks]));
        assert.equal((await server.search(id)).status, right ? 'SUCCESS' : 'CANCELLED');
    });
});
