// Delivery receipts through the whole server, from deliver_sm to the row on disk: how many a second, and whether every
// one finds its message. Two SMSCs (npm smpp) take half of the messages each: one gives ids in hexadecimal and names them
// in decimal in its receipts, the other in decimal both times.
//
//   node bench/receipts.mjs [MESSAGES]      default 50 000; ROGER_BIN names the server
//
// Receipts come in random order, 2 % of them twice, 2 % before the answer to their message; in the middle both SMSCs
// break off, and send again what was not acknowledged. Last, both break off with messages in the window, which count as
// unknown and are not repeated. Prints one line of JSON; exit 1 when a receipt was not matched, or a message repeated.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { requests } from '../tests/e2e/support/admin.mjs';
import { basic, encode } from '../tests/e2e/support/call.mjs';
import { Random } from '../tests/e2e/support/random.mjs';
import { Server, poll } from '../tests/e2e/support/server.mjs';

const smpp = createRequire(new URL('../tests/e2e/package.json', import.meta.url))('smpp');
const total = Number(process.argv[2] ?? 50_000);
assert.ok(Number.isInteger(total) && total > 0, 'usage: receipts.mjs [MESSAGES]');
const twice = 0.02;
const early = 0.02;
const windowOfReceipts = 200; // of each SMSC
const inWindowAtTheEnd = 20; // of each
const random = new Random(1);

class Peer {
    static async start(base) {
        const peer = new Peer(base);
        await new Promise((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
        return peer;
    }

    /** @param {number} base  of the ids in answers; those in receipts are decimal */
    constructor(base) {
        Object.assign(this, { base, lastId: 0x10_0000, silent: false, breakAt: Infinity, sent: 0 });
        this.messages = []; // {id, pdu}
        this.queue = []; // receipts to send
        this.open = new Set(); // sent and not acknowledged
        this.acknowledged = 0;
        this.early = 0;
        this.resent = 0;
        this.submits = 0;
        this.server = smpp.createServer((session) => {
            session.on('error', () => session.destroy());
            session.on('bind_transceiver', (pdu) => {
                session.send(pdu.response({ system_id: 'smsc' }));
                this.session = session;
                this.pump();
            });
            session.on('enquire_link', (pdu) => session.send(pdu.response()));
            session.on('unbind', (pdu) => session.send(pdu.response(), () => session.close()));
            session.on('submit_sm', (pdu) => this.#submitted(session, pdu));
            session.on('close', () => this.#lost(session));
        });
    }

    get port() {
        return this.server.address().port;
    }

    #submitted(session, pdu) {
        ++this.submits;
        if (this.silent) return;
        const message = { id: ++this.lastId, to: pdu.destination_addr, from: pdu.source_addr };
        this.messages.push(message);
        if (random.chance(early)) {
            ++this.early;
            message.done = true;
            this.#deliver(session, message);
        }
        session.send(pdu.response({ message_id: message.id.toString(this.base) }));
    }

    #deliver(session, message) {
        this.open.add(message);
        const text =
            `id:${message.id} sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:`;
        const pdu = { esm_class: 4, source_addr: message.to, destination_addr: message.from, short_message: text };
        session.deliver_sm(pdu, (answer) => {
            if (!this.open.delete(message)) return;
            if (answer.command_status === 0) ++this.acknowledged;
            else this.queue.push(message);
            this.pump();
        });
    }

    pump() {
        while (this.session && this.queue.length > 0 && this.open.size < windowOfReceipts) {
            if (++this.sent === this.breakAt) return void this.session.destroy();
            this.#deliver(this.session, this.queue.pop());
        }
    }

    #lost(session) {
        if (session !== this.session) return;
        this.session = undefined;
        this.resent += this.open.size;
        this.queue.push(...this.open);
        this.open.clear();
    }

    /** All receipts that have not gone early, in random order, some twice. */
    shuffle() {
        const left = this.messages.filter(({ done }) => !done);
        const again = left.filter(() => random.chance(twice)).map((message) => ({ ...message }));
        this.queue = [...left, ...again];
        for (let i = this.queue.length - 1; i > 0; --i) {
            const j = random.below(i + 1);
            [this.queue[i], this.queue[j]] = [this.queue[j], this.queue[i]];
        }
        this.breakAt = Math.floor(this.queue.length / 2);
        return this.queue.length;
    }
}

/** Area codes of North America with 555-0100 to 0199, which are kept free for fiction; those of one route are even. */
function* numbers(wantEven) {
    for (let area = 200; area < 1000; ++area) {
        if (area % 100 === 11 || Math.floor(area / 10) % 10 === 9 || (area % 2 === 0) !== wantEven) continue;
        for (let line = 0; line < 100; ++line) yield `1${area}55501${String(line).padStart(2, '0')}`;
    }
}

async function start(server, count) {
    const pools = [numbers(true), numbers(false)];
    const headers = {
        Authorization: basic(server.key, server.secret),
        'Content-Type': 'application/x-www-form-urlencoded',
    };
    let begun = 0;
    const worker = async () => {
        while (begun < count) {
            const { value: number } = pools[begun++ % 2].next();
            assert.ok(number, 'no numbers left');
            for (;;) {
                const body = encode({ number, brand: 'Acme', workflow_id: 6, pin_expiry: 3600 });
                const answer = await server.send('/verify/json', { method: 'POST', headers, body });
                const { status } = JSON.parse(answer.text);
                if (status === '0') break;
                assert.equal(status, '1', answer.text); // as fast as it takes them
                await new Promise((resolve) => setTimeout(resolve, 20));
            }
        }
    };
    await Promise.all(Array.from({ length: 64 }, worker));
}

async function counted(server, series) {
    const lines = (await server.metrics()).split('\n').filter((line) => series.test(line));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

const areas = [...new Set([...numbers(true)].map((number) => number.slice(0, 4)))];
const others = [...new Set([...numbers(false)].map((number) => number.slice(0, 4)))];
const peers = [await Peer.start(16), await Peer.start(10)];
const route = ({ port }, name, prefixes) =>
    `[[route]]\nname = "${name}"\nhosts = ["127.0.0.1:${port}"]\nsystem_id = "roger"\npassword = "secret"\n` +
    `sender = "ACME"\nprefixes = ${JSON.stringify(prefixes)}\nbind = { window = 500, segments_per_second = 100000 }\n`;
const config = route(peers[0], 'hexadecimal', areas) + route(peers[1], 'decimal', others);
const server = await Server.start({ config });
await poll(() => (peers.every(({ session }) => session) ? true : undefined), 'bound');

const patient = { deadlineMs: 60_000 };
const sum = (name) => peers.reduce((all, peer) => all + peer[name], 0);
await start(server, total);
await poll(() => (sum('submits') >= total ? true : undefined), 'every message is at an SMSC', patient);
const accepted = /^roger_events_total\{.*result="accepted"/;
await poll(async () => ((await counted(server, accepted)) >= total ? true : undefined), 'all accepted', patient);
await poll(() => (peers.every(({ open }) => open.size === 0) ? true : undefined), 'early ones acknowledged', patient);

const toSend = peers.reduce((all, peer) => all + peer.shuffle(), 0);
const before = sum('acknowledged');
const began = process.hrtime.bigint();
peers.forEach((peer) => peer.pump());
await poll(() => (sum('acknowledged') - before >= toSend ? true : undefined), 'all acknowledged', {
    ...patient,
    everyMs: 5,
});
const took = Number(process.hrtime.bigint() - began) / 1e9;

const states = {};
for await (const { last_event: event } of requests(server)) states[event.state] = (states[event.state] ?? 0) + 1;
const unmatched = await counted(server, /^roger_receipts_total\{.*matched="no"/);

// The bind is lost with a full window.
peers.forEach((peer) => (peer.silent = true));
const submitsBefore = sum('submits');
const last = peers.length * inWindowAtTheEnd;
const rest = [...areas.slice(-1), ...others.slice(-1)];
await Promise.all(
    rest.flatMap((prefix) =>
        Array.from({ length: inWindowAtTheEnd }, (_, i) =>
            server.begin({ number: `${prefix}55501${String(99 - i).padStart(2, '0')}`, workflow_id: 6 }),
        ),
    ),
);
await poll(() => (sum('submits') - submitsBefore >= last ? true : undefined), 'in the window', patient);
peers.forEach(({ session }) => session.destroy());
const unknown = /^roger_events_total\{.*result="unknown"/;
await poll(async () => ((await counted(server, unknown)) >= last ? true : undefined), 'all unknown', patient);
await poll(() => (peers.every(({ session }) => session) ? true : undefined), 'bound again', patient);
const repeated = sum('submits') - submitsBefore - last;
await server.stop();

const result = {
    messages: total,
    receipts: toSend + sum('early'),
    early: sum('early'),
    twice: toSend + sum('early') - total,
    resent_after_reconnect: sum('resent'),
    per_second: Math.round(toSend / took),
    delivered: states.delivered ?? 0,
    unmatched,
    bind_lost_in_window: last,
    of_these_repeated: repeated,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(result.delivered === total && unmatched === 0 && repeated === 0 ? 0 : 1);
