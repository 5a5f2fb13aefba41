// A machine picks up and presses nothing: what it recorded holds no PIN. Usage: gate.mjs
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { story } from '../e2e/support/admin.mjs';
import { Server, poll, roger, run, temporaryDirectory } from '../e2e/support/server.mjs';
import { Baresip } from './baresip.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const number = '447700900123';
const phone = await Baresip.start({ numbers: [number] });
const data = temporaryDirectory();
assert.equal((await roger(['sandbox', 'on', '--data', data])).code, 0);
const config = `[[route]]
name = "trunk-a"
kind = "sip"
uri = "sip:127.0.0.1:${phone.port};transport=udp"

[voice]
gate = true
`;
const server = await Server.start({ config, data });
await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'the route is up');
const id = await server.begin({ number, workflow_id: '7', code_length: '6', pin_code: '274913' });
const failed = async () => (await story(server, id)).events.find(({ state }) => state === 'failed');
const event = await poll(failed, 'the call has ended', { deadlineMs: 60_000, everyMs: 200 });
assert.equal(event.reason, 'no key was pressed');
let size = -1;
const recording = await poll(
    () => {
        const [file] = phone.recordings();
        const before = size;
        size = file ? fs.statSync(file).size : -1;
        return size > 0 && size === before ? file : undefined;
    },
    'the recording',
    { everyMs: 300 },
);
const { stdout } = await run(path.join(here, 'hear'), [recording, '--lg', 'en', '--all'], { timeoutMs: 300_000 });
const heard = stdout.trim().replaceAll(' ', '');
process.stdout.write(`${size} bytes recorded; digits heard: ${heard || 'none'}; the event: ${event.reason}\n`);
assert.ok(!heard.includes('274913') && heard.length < 12, 'no PIN in it');
assert.ok(size > 8000 * 15, 'the question was asked twice, with ten seconds to answer');
await server.stop();
process.exit(0);
