// What script/demo-call shows: a client library starts a verification, its SMS is not read, and a real phone rings.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { clients } from '../e2e/support/clients.mjs';
import { Server, poll, roger, run, temporaryDirectory } from '../e2e/support/server.mjs';
import { Baresip } from './baresip.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const say = (line) => process.stdout.write(`${line}\n`);

async function hear(recording, language) {
    const { stdout, stderr } = await run(path.join(here, 'hear'), [recording, '--lg', language, '--all'], {
        timeoutMs: 300_000,
    });
    assert.ok(stdout, stderr);
    return stdout.trim().split(' ');
}

const number = '447700900123';
const german = '4915112345678';
const australian = '61491570156';
const phone = await Baresip.start({ numbers: [number, german, australian] });
say(`baresip answers on 127.0.0.1:${phone.port}`);
const config = `[[route]]
name = "trunk-a"
kind = "sip"
uri = "sip:127.0.0.1:${phone.port};transport=udp"
caller_id = "+441632960000"
price = "0.0120"

[voice]
repeat = 2
`;
say(config.replace(/^/gm, '    '));
const data = temporaryDirectory();
assert.equal((await roger(['sandbox', 'on', '--data', data])).code, 0);
const server = await Server.start({ config, data });
await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'the route is up');
const [{ name, connect }] = clients;
const client = await connect(server);

/** The recording of call number `index`, when it is over and written. */
async function recording(index) {
    const ended = async () => {
        const metrics = await (await fetch(new URL('/metrics', server.adminUrl))).text();
        return Number(/roger_calls_total\{result="completed",route="trunk-a"\} (\d+)/.exec(metrics)?.[1] ?? 0);
    };
    await poll(async () => ((await ended()) > index ? true : undefined), 'the end of the call', { deadlineMs: 90_000 });
    let size = -1;
    return poll(
        () => {
            const file = phone.recordings()[index];
            const before = size;
            size = file ? fs.statSync(file).size : -1;
            return size > 0 && size === before ? file : undefined;
        },
        'the recording',
        { everyMs: 300 },
    );
}

const { request_id: id, status } = await client.start({ number, brand: 'Acme' });
assert.equal(status, '0');
say(`${name}: started ${id}; its SMS goes to the sandbox's handset, and nobody reads it`);
await server.clock(126);
say('two minutes later the phone rings');
const first = await recording(0);
const heard = await hear(first, 'en');
say(`the recogniser hears: ${heard.join(' ')}`);
assert.ok(heard.length === 4 && heard.every((pin) => pin === heard[0]), 'the PIN, twice in each of two repeats');
assert.equal((await client.check(id, heard[0])).status, '0');
say('check: 0, the right code');
const found = await server.search(id);
assert.deepEqual(found.events.map(({ type }) => type), ['sms', 'tts']);
say(`search: ${found.status}, events ${found.events.map(({ type }) => type).join(', ')}`);

/** A verification by call alone: the library starts and checks it, and the recogniser of that language listens. */
async function byCall(what, index, language, parameters) {
    const { request_id } = await caller.start({ brand: 'Acme', ...parameters });
    const spoken = await hear(await recording(index), language);
    say(`${what}: ${spoken.join(' ')}`);
    assert.equal((await caller.check(request_id, spoken[0])).status, '0');
}
const { connect: connectCaller } = clients.find(({ name: each }) => each.startsWith('nexmo')); // takes every parameter
const caller = await connectCaller(server);
await byCall('a German number, workflow 7', 1, 'de', { number: german, workflow_id: 7 });
const male = { number: australian, workflow_id: 3, lg: 'en-au', voice: 'male' };
await byCall('workflow 3, a man, in Australian English', 2, 'en', male);
await server.stop();
phone.stop();
say('done');
process.exit(0);
