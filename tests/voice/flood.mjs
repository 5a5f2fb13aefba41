// Calls while a flood of broken SIP and RTP comes: SIP from the trunk's own address and from strangers, RTP from the
// phone's address by other ports and, garbled, by its own. Meant for the sanitizers:
//   ROGER_BIN=build/asan/roger node tests/voice/flood.mjs [CALLS] [PACKETS-PER-SECOND] [--seed S]
// Every call must be spoken to its end, the server must live, and it must have nothing to say of memory.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import process from 'node:process';

import { Random } from '../e2e/support/random.mjs';
import { Server, poll } from '../e2e/support/server.mjs';
import { SipPeer } from '../e2e/support/sip-peer.mjs';

const [calls = '20', rate = '10000', flag, seedText] = process.argv.slice(2);
const seed = flag === '--seed' ? Number(seedText) : Date.now() % 2 ** 32;
const random = new Random(seed);
const peer = await SipPeer.start();
const server = await Server.start({ config: `${peer.route('trunk-a')}\n[voice]\nrepeat = 1\n` });
await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'a usable route');
process.stdout.write(`flood: ${calls} calls, ${rate} packets a second, seed ${seed}\n`);

const bytes = (length) => Buffer.from(Array.from({ length }, () => random.below(256)));
/** A few bytes changed, cut out, doubled, or all of it made up. */
function mutate(packet) {
    const broken = Buffer.from(packet);
    for (let n = 1 + random.below(8); n > 0 && broken.length > 0; --n) broken[random.below(broken.length)] = random.below(256);
    const at = random.below(broken.length + 1);
    if (random.chance(0.2)) return broken.subarray(0, at);
    if (random.chance(0.1)) return Buffer.concat([broken.subarray(0, at), bytes(random.below(64)), broken.subarray(at)]);
    if (random.chance(0.1)) return Buffer.concat([broken, broken]);
    return random.chance(0.05) ? bytes(1 + random.below(1400)) : broken;
}

/** Messages of dialogues that are not ours: what belongs to one, the trunk may say. */
const foreign = (text) =>
    text
        .replace(/branch=[^;\s]*/g, `branch=z9hG4bK${random.below(1e9)}`)
        .replace(/Call-ID: [^\r]*/i, `Call-ID: ${random.below(1e9)}`);
const answer = (request, status) => request.replace(/^[^\r]*/, `SIP/2.0 ${status}`);

const numbers = [];
for (let n = 0; n < Number(calls); ++n) {
    const number = server.number();
    numbers.push(number);
    await server.begin({ number, workflow_id: '7' });
}
await poll(() => (peer.calls.filter(({ from }) => from).length > 0 ? true : undefined), 'the first sound');

const stranger = dgram.createSocket('udp4');
const neighbour = dgram.createSocket('udp4');
await Promise.all([stranger, neighbour].map((socket, n) => new Promise((done) => socket.bind(0, `127.0.0.${n + 1}`, done))));
const statuses = ['100 Trying', '180 Ringing', '200 OK', '302 Moved', '401 Unauthorized', '486 Busy Here', '500 Error'];
const methods = ['OPTIONS', 'INVITE', 'REFER', 'BYE', 'NOTIFY', 'CANCEL', 'MESSAGE', 'ACK'];
let sent = 0;
function flood() {
    const [invite] = peer.requests;
    const { port } = /@127\.0\.0\.1:(?<port>\d+)/.exec(peer.calls[0].header('Contact')).groups;
    const call = peer.calls[random.below(peer.calls.length)];
    const whatever = random.chance(0.5)
        ? answer(invite, statuses[random.below(statuses.length)])
        : invite.replaceAll('INVITE', methods[random.below(methods.length)]);
    const sip = mutate(Buffer.from(foreign(whatever)));
    const rtp = mutate(Buffer.concat([Buffer.from([0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4]), bytes(160)]));
    rtp.set([0x80, 8].slice(0, rtp.length)); // no telephone-event: that would be a key
    const choice = random.below(4);
    if (choice === 0) peer.socket.send(sip, Number(port), '127.0.0.1');
    if (choice === 1) neighbour.send(sip, Number(port), '127.0.0.1');
    if (choice >= 2 && call.from) (choice === 2 ? call.speech : stranger).send(rtp, call.from.port, '127.0.0.1');
    ++sent;
}
const began = performance.now();
const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * Number(rate);
    for (let n = 0; n < 2000 && sent < due; ++n) flood();
}, 5);

const taken = await Promise.all(numbers.map((number) => peer.call(number)));
clearInterval(timer);
const took = (performance.now() - began) / 1000;
assert.deepEqual(
    taken.map(({ ended }) => ended),
    taken.map(() => 'bye'),
);
const loud = taken.map((call) => call.loud).sort((a, b) => a - b);
assert.ok(loud[0] > 0.8 * loud.at(-1), `every call was spoken: ${loud[0]} to ${loud.at(-1)} frames`);
const metrics = await server.metrics();
assert.match(metrics, new RegExp(`roger_calls_total\\{result="completed",route="trunk-a"\\} ${calls}\\n`));
assert.equal(server.ended, undefined, 'the server lives');
const end = await server.stop();
assert.doesNotMatch(server.stderr, /Sanitizer|runtime error/);
process.stdout.write(
    `flood: ${sent} packets in ${took.toFixed(1)} s (${Math.round(sent / took)} a second), ${taken.length} calls spoken to ` +
        `their end, ${loud[0]} to ${loud.at(-1)} frames each; the server ended with ${JSON.stringify(end ?? server.ended)}\n`,
);
peer.stop();
process.exit(0);
