// Verifies many numbers and then looks through all that the server left behind: its files while it runs and after it has
// stopped, its log, its metrics. Usage: script/grep-test [VERIFICATIONS]; exit 1 when something stands where it must not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { Server, roger, temporaryDirectory, wrongCode } from './support/server.mjs';

const verifications = Number(process.argv[2] ?? 10_000);
const atOnce = 32;
const near = 512; // bytes; a row has at most 1 KiB

/** Digits as they may stand in bytes: every run of them, with its place. */
function* digitRuns(text, shortest) {
    for (const found of text.matchAll(new RegExp(`[0-9]{${shortest},}`, 'g'))) yield [found[0], found.index];
}

/**
 * What stands in `bytes` that must not: secrets, chosen PINs and typed codes anywhere (each is 10 digits or a word of its
 * own), derived PINs near the number or the id that they belong to, and where `numbers` must not stand either, those.
 */
function findings(bytes, { secrets, long, pinOf, numbersToo }) {
    const text = bytes.toString('latin1');
    const found = secrets.filter((secret) => text.includes(secret)).map(() => 'a secret');
    const lookFor = (digits, start) => {
        for (let at = 0; at + 10 <= digits.length; ++at) {
            if (long.has(digits.slice(at, at + 10))) found.push(`a chosen PIN or typed code at ${start + at}`);
        }
        for (let at = 0; at + 13 <= digits.length; ++at) {
            const pin = pinOf.get(digits.slice(at, at + 13));
            if (pin === undefined) continue;
            if (numbersToo) found.push(`a number at ${start + at}`);
            const around = text.slice(Math.max(0, start + at - near), start + at + 13 + near);
            for (const [run] of digitRuns(around, 6)) if (run === pin) found.push(`a PIN near its number at ${start}`);
        }
    };
    for (const [digits, start] of digitRuns(text, 10)) lookFor(digits, start);
    for (const id of text.matchAll(/[0-9a-f]{32}/g)) {
        const pin = pinOf.get(id[0]);
        const around = text.slice(Math.max(0, id.index - near), id.index + 32 + near);
        if (pin !== undefined && [...digitRuns(around, 6)].some(([run]) => run === pin)) found.push('a PIN near its id');
    }
    return found;
}

function filesOf(data) {
    const entries = fs.readdirSync(data, { recursive: true, withFileTypes: true });
    return entries
        .filter((entry) => entry.isFile() && entry.name !== 'keys')
        .map((entry) => path.join(entry.path ?? entry.parentPath, entry.name));
}

const data = temporaryDirectory('roger-grep');
const server = await Server.start({ data });
const long = new Set();
const pinOf = new Map(); // by number, and by id
const digits10 = () => String(Math.floor(Math.random() * 1e10)).padStart(10, '0');

async function verify(index) {
    const number = `4915${String(110_000_000 + index)}`;
    const chosen = index % 2 === 0 ? digits10() : undefined;
    const start = { number, brand: 'Acme', code_length: '6', ...(chosen && { pin_code: chosen }) };
    const { status, request_id: id } = (await server.v1('start', start)).body;
    assert.equal(status, '0');
    const pin = await server.pin(id);
    assert.equal(await server.check(id, wrongCode(pin, 7919)), '16');
    assert.equal(await server.check(id, pin), '0');
    if (chosen) {
        assert.equal(pin, chosen);
        long.add(chosen).add(wrongCode(chosen, 7919));
    } else {
        pinOf.set(number, pin).set(id, pin);
    }
}

let next = 0;
async function worker() {
    while (next < verifications) {
        await verify(next++);
        if (next % 1000 === 0) process.stderr.write(`${next} of ${verifications} verifications\n`);
    }
}
await Promise.all(Array.from({ length: atOnce }, worker));

const wanted = { secrets: [server.secret], long, pinOf };
// A search that cannot find would pass: what must not be there is put there and found.
const [number, pin] = pinOf.entries().next().value;
for (const planted of [server.secret, `x${[...long][0]}y`, `${number} then ${pin}`]) {
    assert.equal(findings(Buffer.from(planted), wanted).length, 1, 'the search finds what is planted');
}

const places = [];
// What was erased is nowhere any more, also not in the logs of the files.
const erased = Array.from({ length: Math.min(20, verifications) }, (_, i) => i * Math.floor(verifications / 20) || i).map(
    (index) => `4915${String(110_000_000 + index)}`,
);
for (const gone of new Set(erased)) {
    const { code, stderr } = await roger(['number', 'erase', '-', '--data', data], { input: `+${gone}\n` });
    assert.equal(code, 0, stderr);
}
const look = (when) => {
    for (const file of filesOf(data)) places.push([`${path.basename(file)}, ${when}`, fs.readFileSync(file), false]);
};
look('at work');
const metrics = await server.metrics();
await server.stop();
look('at rest');
places.push(['the log', Buffer.from(server.stderr + server.stdout), true], ['the metrics', Buffer.from(metrics), true]);

let bad = 0;
for (const [where, bytes] of places) {
    const left = erased.filter((gone) => bytes.includes(gone));
    if (left.length > 0) console.log(`${where}: ${left.length} erased numbers`);
    bad += left.length;
}
for (const [where, bytes, numbersToo] of places) {
    const found = findings(bytes, { ...wanted, numbersToo });
    bad += found.length;
    console.log(`${where}: ${bytes.length} bytes, ${found.length ? found.slice(0, 3).join('; ') : 'clean'}`);
}
console.log(`${verifications} verifications, ${places.length} places, ${bad} findings`);
process.exit(bad === 0 ? 0 : 1);
