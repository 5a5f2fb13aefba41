// An account's own recordings: registered by their addresses, fetched once, and heard in the phones of the sandbox and
// over a SIP trunk with the PIN between them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { basic } from './support/call.mjs';
import { Server, poll } from './support/server.mjs';
import { SipPeer } from './support/sip-peer.mjs';
import { fromALaw, hear, samplesOf, serveTones } from './support/tones.mjs';

// A speech engine of the tests' own: what it says is not heard where recordings are.
const voice = '[voice]\nengine = "command"\ncommand = ["/bin/false"]\nrepeat = 1\nallow_private = true\n';

async function create(server, template) {
    const answer = await server.send('/verify/templates', {
        method: 'POST',
        headers: { Authorization: basic(server.key, server.secret), 'Content-Type': 'application/json' },
        body: JSON.stringify(template),
    });
    return { http: answer.http, body: JSON.parse(answer.text) };
}

describe('recordings in a phone of the sandbox', () => {
    let server;
    let tones;
    before(async () => {
        tones = await serveTones({
            '/moved.wav': (response) => response.writeHead(302, { Location: '/0.wav' }).end(),
            '/page.wav': (response) => response.writeHead(200, { 'Content-Type': 'audio/wav' }).end('<html>Hello</html>'),
            '/short.wav': (response) => {
                const whole = Buffer.alloc(4000);
                whole.write('RIFF\xff\xff\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\xff\xff\0\0', 'latin1');
                response.writeHead(200).end(whole);
            },
            '/endless.wav': (response) => {
                response.writeHead(200);
                const more = () => response.write(Buffer.alloc(65536), (error) => error || more());
                more();
            },
        });
        server = await Server.start({ config: voice });
    });
    after(async () => {
        await server?.stop();
        tones?.stop();
    });

    async function heard(request_id) {
        const [message] = await server.messages({ request_id });
        const answer = await fetch(new URL(message.audio_url, server.url), {
            headers: { Authorization: basic(server.key, server.secret) },
        });
        assert.equal(answer.status, 200);
        return { pin: message.pin, sounds: hear(samplesOf(Buffer.from(await answer.arrayBuffer()))) };
    }

    it('are heard, with the PIN between welcome and farewell', async () => {
        const made = await create(server, tones.template);
        assert.equal(made.http, 201, JSON.stringify(made.body));
        assert.match(made.body.digit_0, /^[0-9a-f]{32}$/);
        assert.equal(made.body.warnings, undefined);
        const id = await server.begin({ number: server.number(), workflow_id: '7', lg: 'en-gb', code_length: 6 });
        const { pin, sounds } = await heard(id);
        assert.deepEqual(sounds, ['welcome', ...pin, 'bye']);
        assert.equal(await server.check(id, pin), '0');
        const kept = fs.readdirSync(path.join(server.data, 'media'));
        assert.equal(kept.length, 12);
        assert.equal(fs.statSync(path.join(server.data, 'media', kept[0])).mode & 0o777, 0o600);
    });

    it('are heard after a restart, and go when no template names them', async () => {
        const id = await server.begin({ number: server.number(), workflow_id: '7', lg: 'en-gb' });
        await server.stop();
        fs.writeFileSync(path.join(server.data, 'media', `${'a'.repeat(32)}.wav`), 'of nobody');
        server = await Server.start({ data: server.data, config: voice });
        const { pin, sounds } = await heard(id);
        assert.deepEqual(sounds, ['welcome', ...pin, 'bye']);
        assert.equal(fs.readdirSync(path.join(server.data, 'media')).length, 12);
    });

    for (const [what, name, why] of [
        ['an address that leads elsewhere', 'moved.wav', /leads to another one/],
        ['an address with nothing', 'nothing.wav', /answered 404/],
        ['a page', 'page.wav', /not a WAV file/],
        ['a file that is cut off', 'short.wav', /cut off/],
        ['a file without end', 'endless.wav', /too large/],
    ]) {
        it(`${what} is refused, with a sentence`, async () => {
            const refused = await create(server, { ...tones.template, digit_3: tones.at(name) });
            assert.equal(refused.http, 400);
            assert.match(refused.body.detail, /^'digit_3': /);
            assert.match(refused.body.detail, why);
        });
    }
});

describe('recordings', () => {
    it('are not fetched from our own network unless that is allowed', async () => {
        const tones = await serveTones();
        const server = await Server.start();
        const refused = await create(server, tones.template);
        assert.equal(refused.http, 400);
        assert.match(refused.body.detail, /not public/);
        await server.stop();
        tones.stop();
    });

    it('are heard over a trunk', async () => {
        const tones = await serveTones();
        const peer = await SipPeer.start();
        const server = await Server.start({ config: peer.route('trunk-a') + voice });
        try {
            await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'a usable route');
            assert.equal((await create(server, tones.template)).http, 201);
            const number = server.number();
            const pin = '4071';
            const id = await server.begin({ number, workflow_id: '7', lg: 'en-gb', pin_code: pin });
            const taken = await peer.call(number);
            assert.equal(taken.ended, 'bye');
            assert.deepEqual(hear(fromALaw(Buffer.concat(taken.codes))), ['welcome', ...pin, 'bye']);
            assert.equal(await server.check(id, pin), '0');
        } finally {
            await server.stop();
            peer.stop();
            tones.stop();
        }
    });
});
