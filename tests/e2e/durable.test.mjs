// Seen from the kernel: no start is answered before its row was written to the WAL and the WAL was synced, and
// commands that wait together share a sync.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { Server, run, temporaryDirectory } from './support/server.mjs';
import { isRead, isSend, isWalSync, isWalWrite, parseTrace } from './support/strace.mjs';

const traced = 'fdatasync,fsync,sendto,sendmsg,write,writev,pwrite64,pwritev,recvfrom,recvmsg,read,readv';

describe('durability under strace', () => {
    before(async () => {
        const found = await run('strace', ['-V']).catch(() => ({ code: 127 }));
        assert.equal(found.code, 0, 'these tests need strace');
    });

    /** Runs `load` against a traced server. @returns {Promise<{calls: object[], result: any}>} */
    async function trace(load, options = {}) {
        const file = path.join(temporaryDirectory('roger-e2e-trace'), 'trace');
        const wrapper = ['strace', '-f', '-y', '-s', '2048', '-o', file, '-e', `trace=${traced}`];
        const server = await Server.start({ ...options, wrapper });
        let result;
        try {
            result = await load(server);
        } finally {
            await server.stop();
        }
        return { calls: parseTrace(fs.readFileSync(file, 'latin1')), result };
    }

    it('each start is read, written to the WAL, synced, and only then answered', async () => {
        const { calls, result } = await trace(async (server) => {
            const starts = [];
            for (let index = 0; index < 20; ++index) {
                const number = server.number();
                starts.push({ number, id: await server.begin({ number }) });
            }
            return starts;
        });
        for (const { number, id } of result) {
            const read = calls.find((call) => isRead(call) && call.args.includes(number));
            assert.ok(read, `the request for ${number} is in the trace`);
            const answer = calls.find(
                (call) =>
                    isSend(call) &&
                    call.begin > read.end &&
                    call.args.includes(id) &&
                    call.args.includes('HTTP/1.1 200'),
            );
            assert.ok(answer, `the answer ${id} is in the trace`);
            const written = calls.find((call) => isWalWrite(call) && call.begin > read.end && call.end < answer.begin);
            assert.ok(written, `a WAL write between request and answer of ${id}`);
            const synced = calls.find((call) => isWalSync(call) && call.begin > written.end && call.end < answer.begin);
            assert.ok(synced, `a sync after the WAL write and before the answer of ${id}`);
        }
    });

    it('so is each right check', async () => {
        const { calls, result } = await trace(async (server) => {
            const checks = [];
            for (let index = 0; index < 5; ++index) {
                const id = await server.begin();
                assert.equal(await server.check(id, await server.pin(id)), '0');
                checks.push(id);
            }
            return checks;
        });
        for (const id of result) {
            const read = calls.find((call) => isRead(call) && call.args.includes(`request_id=${id}&code=`));
            const answer = calls.find(
                (call) =>
                    isSend(call) && call.begin > read?.end && call.args.includes(id) && call.args.includes('event_id'),
            );
            assert.ok(read && answer, `request and answer of ${id}`);
            const written = calls.find((call) => isWalWrite(call) && call.begin > read.end && call.end < answer.begin);
            assert.ok(written, `a WAL write between request and answer of ${id}`);
            assert.ok(
                calls.some((call) => isWalSync(call) && call.begin > written.end && call.end < answer.begin),
                `a sync before the answer of ${id}`,
            );
        }
    });

    it('64 clients at once share syncs: fewer syncs than commands', async () => {
        const clients = 64;
        const each = 8;
        const { calls, result } = await trace(
            async (server) => {
                const one = async () => {
                    for (let index = 0; index < each; ++index) await server.begin();
                };
                await Promise.all(Array.from({ length: clients }, one));
                return clients * each;
            },
            { connections: clients },
        );
        const syncs = calls.filter(isWalSync).length;
        assert.ok(syncs > 0);
        assert.ok(syncs < result, `${syncs} syncs for ${result} starts`);
    });
});
