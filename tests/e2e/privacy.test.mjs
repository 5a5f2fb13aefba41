// After many verifications no PIN, secret or whole number stands where it must not: logs, metrics, files of the store.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { Server, poll, temporaryDirectory, wrongCode } from './support/server.mjs';

const verifications = 60;

/** All files of a data directory but the keys, which are secrets by their nature. */
function filesOf(data) {
    const entries = fs.readdirSync(data, { recursive: true, withFileTypes: true });
    return entries
        .filter((entry) => entry.isFile() && entry.name !== 'keys')
        .map((entry) => path.join(entry.path ?? entry.parentPath, entry.name));
}

/** Whether a word stands in bytes, not as part of a longer word. */
function stands(bytes, word) {
    const letter = (byte) => byte !== undefined && /[0-9A-Za-z]/.test(String.fromCharCode(byte));
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) {
        if (!letter(bytes[at - 1]) && !letter(bytes[at + word.length])) return true;
    }
    return false;
}

async function verifyMany(server, canaries) {
    const refused = await server.v1(
        'start',
        { number: server.number(), brand: 'Acme' },
        { account: { key: server.key, secret: canaries.wrongSecret } },
    );
    assert.equal(refused.body.status, '4');
    for (let round = 0; round < verifications; ++round) {
        const number = server.number();
        const own = round % 3 === 0 ? `Own${String(round).padStart(2, '0')}QXZ7W` : undefined;
        const id = await server.begin({ number, code_length: '6', ...(own && { pin_code: own }) });
        const pin = await server.pin(id);
        const typed = own ? `Typ${String(round).padStart(2, '0')}QKJ8V` : wrongCode(pin, 7919);
        assert.equal(await server.check(id, typed), '16');
        if (round % 2 === 0) assert.equal(await server.check(id, pin), '0');
        await server.search(id);
        await server.next(id);
        canaries.numbers.push(number);
        canaries.pins.push(pin, typed);
    }
    await server.v1('start', { number: `${server.number()}x`, brand: 'Acme' });
    await server.send(
        `/verify/nothing?number=${canaries.numbers[0]}&api_secret=${server.secret}&code=${canaries.pins[0]}`,
    );
    await server.send(`/nowhere/${canaries.numbers[0]}/${canaries.pins[0]}`);
}

function assertClean(where, bytes, { words, what }) {
    for (const word of words) {
        assert.ok(!stands(bytes, word), `a ${what} stands in ${where}: ${word}`);
    }
}

describe('privacy', () => {
    it('canaries appear in no log, no metric and, but for numbers, in no file', async () => {
        const data = temporaryDirectory();
        const signatureSecret = 'canary-signature-secret-5d1c';
        const server = await Server.start({
            data,
            env: { ROGER_BOOTSTRAP_SIGNATURE_SECRET: signatureSecret, ROGER_BOOTSTRAP_SIGNATURE_METHOD: 'sha256' },
        });
        const made = await server.account();
        const canaries = { wrongSecret: 'canary-wrong-secret-77aa', numbers: [], pins: [] };
        await verifyMany(server, canaries);
        const secrets = [
            server.secret,
            signatureSecret,
            canaries.wrongSecret,
            made.secret,
            made.signature_secret,
        ].filter(Boolean);

        const metrics = Buffer.from(await server.metrics());
        // At work first, then at rest: what is written late, and what a checkpoint moves, is looked at too.
        for (const file of filesOf(data)) {
            const bytes = fs.readFileSync(file);
            assertClean(file, bytes, { words: secrets, what: 'secret' });
            assertClean(file, bytes, { words: canaries.pins, what: 'PIN' });
        }
        await server.stop();
        const files = filesOf(data);
        assert.ok(
            files.some((file) => fs.statSync(file).size > 4096),
            'the store was looked at',
        );
        for (const file of files) {
            const bytes = fs.readFileSync(file);
            assertClean(file, bytes, { words: secrets, what: 'secret' });
            assertClean(file, bytes, { words: canaries.pins, what: 'PIN' });
        }
        const log = Buffer.from(server.stderr + server.stdout);
        assert.ok(log.length > 0, 'the log was looked at');
        for (const [where, bytes] of [
            ['the log', log],
            ['the metrics', metrics],
        ]) {
            assertClean(where, bytes, { words: secrets, what: 'secret' });
            assertClean(where, bytes, { words: canaries.pins, what: 'PIN' });
            for (const number of canaries.numbers) {
                assert.ok(!bytes.includes(number), `a whole number stands in ${where}: ${number}`);
                assert.ok(!bytes.includes(number.slice(2)), `a national number stands in ${where}: ${number}`);
            }
        }
    });

    it('the command line of the server shows no secret', async () => {
        const server = await Server.start();
        try {
            const shown = await poll(
                () => fs.readFileSync(`/proc/${server.pid()}/cmdline`, 'utf8') || undefined,
                'cmdline',
            );
            assert.ok(!shown.includes(server.secret));
        } finally {
            await server.stop();
        }
    });
});
