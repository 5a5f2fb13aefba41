// Spoken calls to the sandbox's phones, with speech engines as they should and should not be: each is a small script.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { basic } from './support/call.mjs';
import { Server, poll } from './support/server.mjs';
import { speechEngine } from './support/speech-engine.mjs';

/** A server whose speech engine is that shell script; $DIR is a directory of its own. */
async function serverWithEngine(lines) {
    const { directory, config } = speechEngine(lines);
    return { directory, server: await Server.start({ config: `[voice]\n${config}` }) };
}

function as(server) {
    return { Authorization: basic(server.key, server.secret), 'Content-Type': 'application/json' };
}
async function calls(server, request_id) {
    const { http, text } = await server.send(`/sandbox/calls?request_id=${request_id}`, { headers: as(server) });
    assert.equal(http, 200, text);
    return JSON.parse(text);
}
async function act(server, id, action) {
    const body = JSON.stringify(action);
    return (await server.send(`/sandbox/calls/${id}`, { method: 'POST', headers: as(server), body })).http;
}
async function heard(server, url) {
    const answer = await fetch(new URL(url, server.url), { headers: as(server) });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, type: answer.headers.get('content-type'), body };
}

describe('a phone that rings', () => {
    let server;
    let directory;
    before(async () => {
        ({ server, directory } = await serverWithEngine(
            'text=$(cat); echo "$text" >>$DIR/said; echo "$@" >>$DIR/as; cat $DIR/sound.wav',
        ));
    });
    after(() => server?.stop());

    const begin = (parameters = {}) => server.begin({ number: server.number(), workflow_id: '7', ...parameters });

    it('answers by itself, and the message can be heard', async () => {
        const id = await begin({ voice: 'male', lg: 'en-gb' });
        const [message] = await server.messages({ request_id: id });
        assert.equal(message.channel, 'tts');
        await server.clock(1);
        assert.equal((await calls(server, id))[0].state, 'answered');
        await server.clock(6);
        assert.equal((await calls(server, id))[0].state, 'delivered');
        const { status, type, body } = await heard(server, message.audio_url);
        assert.deepEqual([status, type], [200, 'audio/wav']);
        assert.equal(body.toString('latin1', 0, 4), 'RIFF');
        assert.equal(body.readUInt32LE(24), 8000);
        assert.equal(body.readUInt32LE(40), body.length - 44, 'the true length, whatever the engine said');
        const seconds = (body.length - 44) / 16000;
        assert.ok(seconds > 4 && seconds < 30, `${seconds} s`);
        const said = await poll(() => {
            const lines = fs.readFileSync(path.join(directory, 'said'), 'utf8').split('\n').filter(Boolean);
            return lines.length >= 13 ? lines : undefined;
        }, 'three phrases and ten digits');
        for (const digit of '0123456789') assert.ok(said.includes(digit), `${digit} is made, whatever the PIN`);
        assert.ok(said.every((line) => !/\d.*\d/.test(line)), 'no PIN reaches the engine in one piece');
        assert.ok(fs.readFileSync(path.join(directory, 'as'), 'utf8').startsWith('en-gb male\n'));
        assert.equal(await server.check(id, message.pin), '0');
    });

    it('waits for a person who has it open; is declined, and the next event comes at once', async () => {
        const number = server.number();
        const closed = new AbortController();
        const page = await fetch(new URL(`/sandbox/stream?number=${number}&answer=page`, server.url), {
            headers: as(server),
            signal: closed.signal,
        });
        assert.equal(page.status, 200);
        await page.body.getReader().read(); // the first frame: the phone is open
        const id = await begin({ workflow_id: '3', number });
        await server.clock(30);
        const [first] = await calls(server, id);
        assert.equal(first.state, 'ringing');
        assert.equal(await act(server, first.id, { action: 'decline' }), 200);
        const [second] = await poll(async () => {
            const found = await calls(server, id);
            return found.length === 2 ? found : undefined;
        }, 'the second call');
        assert.equal(second.state, 'ringing');
        assert.equal(await act(server, second.id, { action: 'answer' }), 200);
        assert.equal(await act(server, second.id, { action: 'hangup' }), 200);
        const found = await calls(server, id);
        assert.deepEqual(
            found.map((call) => [call.state, call.reason]),
            [
                ['failed', 'hung up before the PIN'],
                ['failed', 'declined'],
            ],
        );
        assert.deepEqual((await server.search(id)).events, []);
        closed.abort();
    });

    it('…904 to …907: an SMS comes, a call does not', async () => {
        for (const [number, seconds, state, reason] of [
            ['447700900904', 1, 'failed', 'busy'],
            ['447700900905', 40, 'failed', 'no answer'],
            ['447700900906', 7, 'delivered', ''],
            ['447700900907', 2, 'failed', 'hung up before the PIN'],
        ]) {
            const sms = await server.begin({ number, workflow_id: '6' });
            assert.equal((await server.messages({ request_id: sms }))[0].channel, 'sms', number);
            assert.equal(await server.check(sms, await server.pin(sms)), '0');
            const id = await server.begin({ number, workflow_id: '7' });
            await server.clock(seconds);
            const [call] = await calls(server, id);
            assert.deepEqual([call.state, call.reason], [state, reason], number);
        }
    });
});

describe('a speech engine that fails', () => {
    for (const [what, lines] of [
        ['dies', 'exit 1'],
        ['writes garbage', 'head -c 50000 /dev/urandom'],
        ['writes without end', 'exec cat /dev/zero'],
        ['hangs', 'echo $$ >>$DIR/pids; exec sleep 600'],
    ]) {
        it(`${what}: nothing is heard, everything else goes on`, async () => {
            const { directory, server } = await serverWithEngine(lines);
            try {
                const id = await server.begin({ number: server.number(), workflow_id: '7' });
                const [message] = await server.messages({ request_id: id });
                const asked = heard(server, message.audio_url);
                const other = await server.begin();
                assert.equal(await server.check(other, await server.pin(other)), '0', 'while the engine is at it');
                assert.equal((await asked).status, 503);
                assert.equal(await server.check(id, message.pin), '0');
                assert.equal((await server.send('/readyz')).http, 200);
                await poll(() => (server.stderr.includes('speech fails') ? true : undefined), 'a line in the log');
                assert.ok(!server.stderr.includes(message.pin));
            } finally {
                await server.stop();
            }
            const pids = path.join(directory, 'pids');
            for (const pid of fs.existsSync(pids) ? fs.readFileSync(pids, 'utf8').trim().split('\n') : []) {
                assert.ok(!fs.existsSync(`/proc/${pid}`), `${pid} is left behind`);
            }
        });
    }

    it('is not there: the server says so and serves', async () => {
        const server = await Server.start({ config: '[voice]\nengine = "command"\ncommand = ["/no/such/program"]\n' });
        try {
            assert.match(server.stderr, /calls have nothing to say.*\/no\/such\/program is not installed/);
            assert.equal((await server.send('/readyz')).http, 200);
            const id = await server.begin({ number: server.number(), workflow_id: '7' });
            const [message] = await server.messages({ request_id: id });
            assert.equal((await heard(server, message.audio_url)).status, 503);
            assert.equal(await server.check(id, message.pin), '0');
        } finally {
            await server.stop();
        }
    });
});
