// An unchanged client library has phones called over a trunk, in the voice that it asks for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { clients } from './support/clients.mjs';
import { poll, roger, temporaryDirectory } from './support/server.mjs';
import { speechEngine } from './support/speech-engine.mjs';
import { outcome, serve, stopAll, trunk } from './support/trunks.mjs';

describe('a client library starts calls', () => {
    const { name, connect } = clients.find(({ name: each }) => each.startsWith('nexmo'));
    let peer;
    let server;
    let client;
    let directory;
    before(async () => {
        peer = await trunk();
        const engine = speechEngine('text=$(cat); echo "$@: $text" >>$DIR/said; cat $DIR/sound.wav');
        directory = engine.directory;
        const data = temporaryDirectory();
        assert.equal((await roger(['sandbox', 'on', '--data', data])).code, 0);
        server = await serve(peer.route('trunk-a'), engine.config, { data });
        client = await connect(server);
    });
    after(stopAll);
    const german = '4915112345678';
    const said = () => fs.readFileSync(path.join(directory, 'said'), 'utf8').trim().split('\n');
    const start = async (parameters) => {
        const { request_id, status } = await client.start({ brand: 'Acme', ...parameters });
        assert.equal(status, '0');
        return request_id;
    };

    it(`of workflow 7: a German number is spoken to in German (${name})`, async () => {
        const id = await start({ number: german, workflow_id: 7, pin_code: '2580' });
        assert.equal((await peer.call(german)).ended, 'bye');
        assert.ok(said().every((line) => line.startsWith('de-de female: ')), said().join('\n'));
        assert.ok(said().some((line) => line.startsWith('de-de female: Guten Tag')), said().join('\n'));
        assert.equal((await client.check(id, '2580')).status, '0');
        assert.deepEqual((await client.search(id)).events.map(({ type }) => type), ['tts']);
    });

    it('of workflow 3: who does not pick up is called again, in the voice that was asked for', async () => {
        const number = server.number();
        const calls = () => peer.calls.filter((each) => each.number === number);
        peer.script = (each) => (calls().length === 1 ? each.reply('480 Temporarily Unavailable') : each.ring().answer());
        const id = await start({ number, workflow_id: 3, lg: 'en-au', voice: 'male', pin_code: '2580' });
        assert.equal((await outcome(server, id)).state, 'failed');
        await server.clock(150);
        await poll(() => (calls().some((each) => each.ended === 'bye') ? true : undefined), 'the second call', {
            deadlineMs: 60_000,
        });
        assert.equal((await outcome(server, id, 1)).state, 'delivered');
        assert.equal(calls().length, 2);
        assert.ok(said().some((line) => line.startsWith('en-au male: Hello')), 'as it was asked for');
        assert.ok(!said().some((line) => /^en-(?!au male)/.test(line)), 'and as nothing else');
        assert.equal((await client.check(id, '2580')).status, '0');
        assert.deepEqual((await client.search(id)).events.map(({ type }) => type), ['tts'], 'the one that was answered');
    });
});
