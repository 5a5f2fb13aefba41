// The crash test over an SMPP route: an SMSC that outlives the server and logs every submit_sm, load, SIGKILL at a
// random moment with messages in the window and receipts on their way, restart, and then what the SMSC has is compared
// with what the server says. Usage: smpp-crash-test.mjs ROUNDS [--seed S] [--money]; exit 1 on any violation, 2 on wrong
// usage.
//
// What must hold, of every request that the server knows and of every start that it answered 0:
//   lost      the SMSC has its message; a receipt whose id the server had noted ends as "delivered"
//   doubled   the SMSC has it more than once only where the story says `ambiguous`, and no more often than attempted
//   unstored  the SMSC has no message of a request that the server does not know
//   changed   copies have the same text, and so the same PIN; the PIN is still the right one
//   money     with --money, of an account with a balance: what is gone from it is what all stories say they cost, and what
//             the ledger's rows say; a message costs as often as the SMSC has it, unless its outcome was lost at a kill
import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';

import { admin, requests, story } from './support/admin.mjs';
import { connections, fictitiousNumber, forAll } from './support/load.mjs';
import { Random } from './support/random.mjs';
import { Server, poll, run, temporaryDirectory } from './support/server.mjs';
import { Smsc, pinIn, status } from './support/smsc.mjs';

const killWithinMs = 1000;
const answerWithinMs = 40;
const receiptWithinMs = 300;
const settledWithinMs = 60_000;
const segmentPrice = '0.0350'; // of the SMSC's route
const startBalance = '100000';
const starters = 24;
/** Messages that wait for the SMSC: it takes a few hundred a second, and a claim lasts some 17 s. */
const waitingMax = 300;

function readArguments(args) {
    const money = args.includes('--money');
    const [rounds, flag, seed, ...rest] = args.filter((each) => each !== '--money');
    const wrong =
        !/^[1-9]\d{0,4}$/.test(rounds ?? '') ||
        rest.length > 0 ||
        (flag !== undefined && (flag !== '--seed' || !/^\d{1,10}$/.test(seed ?? '')));
    if (wrong) {
        process.stderr.write('usage: smpp-crash-test ROUNDS [--seed S] [--money]\n');
        process.exit(2);
    }
    return { rounds: Number(rounds), seed: seed === undefined ? Date.now() % 2 ** 32 : Number(seed), money };
}

/** What was answered, what the SMSC has, and what of both does not fit. */
class Audit {
    constructor(smsc) {
        this.smsc = smsc;
        this.violations = { lost: 0, doubled: 0, unstored: 0, changed: 0, money: 0 };
        this.account = undefined; // with --money, the one that pays
        this.spent = new Map(); // request id → micro-units, as its story says
        this.notes = [];
        this.acknowledged = new Map(); // number → request id
        this.known = new Map(); // number → request id, of the server's own list
        this.ambiguous = 0;
    }

    violate(kind, note) {
        ++this.violations[kind];
        if (this.notes.length < 50) this.notes.push(`${kind}: ${note}`);
    }

    get failed() {
        return Object.values(this.violations).some((count) => count > 0);
    }

    /** A request whose messages have all had their outcome. */
    judge(told, copies) {
        const [event] = told.events;
        const id = told.request_id;
        if (copies.length === 0) this.violate('lost', `${id}: no message; ${event.state}: ${event.reason}`);
        if (event.ambiguous) ++this.ambiguous;
        if (copies.length > 1 && !event.ambiguous) this.violate('doubled', `${id}: ${copies.length} copies, no flag`);
        if (copies.length > event.attempt) {
            this.violate('doubled', `${id}: ${copies.length} copies in ${event.attempt} attempts`);
        }
        if (new Set(copies.map(({ text }) => text)).size > 1) this.violate('changed', `${id}: copies differ`);
        const noted = copies.some((copy) => event.peer_ids.includes(copy.id) && copy.receipted);
        if (noted && event.state !== 'delivered') this.violate('lost', `${id}: its receipt; it is ${event.state}`);
    }

    /** What a request cost, beside what the SMSC has of it. */
    charge(told, copies) {
        const [event] = told.events;
        this.spent.set(told.request_id, micros(event.price) + micros(told.charges.verification));
        const taken = copies.length * micros(segmentPrice);
        const lost = event.ambiguous || event.reason === 'outcome unknown';
        const charged = micros(event.price);
        if (lost ? charged > taken : charged !== taken) {
            this.violate('money', `${told.request_id}: ${event.price} for ${copies.length} messages`);
        }
    }

    /** What the server lists that it did not before: newest first, and the older ones are known. */
    async learn(server) {
        for await (const each of requests(server)) {
            const number = each.number.slice(1);
            if (this.known.get(number) === each.request_id) return;
            this.known.set(number, each.request_id);
        }
    }

    sum() {
        return Object.entries(this.violations)
            .map(([kind, count]) => `${kind} ${count}`)
            .join(', ');
    }
}

/** One life of the server under load. */
class Life {
    constructor(server, audit, random) {
        Object.assign(this, { server, audit, random, over: false, answered: 0, started: 0 });
        this.messagesBefore = audit.smsc.messages.length;
        this.numbers = []; // every number that was asked for, answered or not
    }

    async call(what, parameters) {
        try {
            const { body } = await this.server.v1(what, parameters, { account: this.audit.account });
            ++this.answered;
            return body;
        } catch (error) {
            if (!this.over) throw error;
            return undefined;
        }
    }

    async step(taken) {
        const { audit, random } = this;
        let number;
        do number = fictitiousNumber(random);
        while (taken.has(number));
        taken.add(number);
        this.numbers.push(number);
        const body = await this.call('start', { number, brand: 'Crash', workflow_id: '6' });
        if (body?.status !== '0') return;
        ++this.started;
        audit.acknowledged.set(number, body.request_id);
        if (!random.chance(0.3)) return;
        const [copy] = audit.smsc.copies(number);
        if (copy) await this.call('check', { request_id: body.request_id, code: pinIn(copy.text) });
    }

    get waiting() {
        return this.started - (this.audit.smsc.messages.length - this.messagesBefore);
    }

    async run(taken) {
        const worker = async () => {
            while (!this.over) {
                if (this.waiting < waitingMax) await this.step(taken);
                else await new Promise((resolve) => setTimeout(resolve, 5));
            }
        };
        await Promise.all(Array.from({ length: starters }, worker));
    }
}

/** Answers and receipts take a random while; from `hang()` on nothing is answered. */
function makeUnreliable(smsc, random) {
    smsc.delayMs = () => random.below(answerWithinMs);
    smsc.receiptDelayMs = () => random.below(receiptWithinMs);
    smsc.answer = () => {
        if (smsc.hanging) return undefined;
        return { status: random.chance(0.01) ? status.throttled : status.ok };
    };
}

/** Until the server has nothing under way: every claim has its outcome, and no receipt that it can know is open. */
async function settle(server, audit) {
    const { smsc } = audit;
    const open = async () => {
        for await (const each of requests(server, { status: 'in_progress' })) {
            if (each.last_event.state === 'sending') return undefined;
        }
        return true;
    };
    await poll(open, 'every claim has its outcome', { deadlineMs: settledWithinMs, everyMs: 100 });
    // The SMSC's own delays are over as well.
    await poll(() => (smsc.busy === 0 ? true : undefined), 'the SMSC has nothing to do', { everyMs: 20 });
}

/** The messages whose receipts the server must still take: it has noted their ids. */
async function receiptsTaken(audit, stories) {
    const noted = new Set(stories.flatMap(({ events }) => events.flatMap(({ peer_ids: ids }) => ids)));
    const left = () => [...audit.smsc.receipts.keys()].filter((id) => noted.has(id));
    await poll(() => (left().length === 0 ? true : undefined), 'receipts acknowledged', {
        deadlineMs: settledWithinMs,
    }).catch(() => audit.violate('lost', `${left().length} receipts are never acknowledged`));
}

async function round(data, config, audit, random, taken, money) {
    const { smsc } = audit;
    smsc.hanging = false;
    const server = await Server.start({ data, config, connections });
    await smsc.bound();
    if (money) audit.account ??= await server.account('--rate', '0', '--price', '0.05', '--balance', startBalance);
    const life = new Life(server, audit, random);
    const work = life.run(taken);
    work.catch(() => {}); // looked at below
    const killAfterMs = random.below(killWithinMs + 1);
    const hangAfterMs = random.chance(0.5) ? random.below(killAfterMs + 1) : Infinity;
    const hang = Number.isFinite(hangAfterMs) ? setTimeout(() => (smsc.hanging = true), hangAfterMs) : undefined;
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    clearTimeout(hang);
    life.over = true;
    const inWindow = smsc.open.size;
    const receiptsOpen = smsc.receipts.size;
    await server.kill();
    await work;
    return { life, killAfterMs, inWindow, receiptsOpen };
}

async function account(data, config, audit, life) {
    const { smsc } = audit;
    smsc.hanging = false;
    const server = await Server.start({ data, config, connections });
    await smsc.bound();
    await settle(server, audit);
    await audit.learn(server);
    const ids = life.numbers.filter((number) => audit.known.has(number)).map((number) => audit.known.get(number));
    assert.ok(new Set(ids).size === ids.length, 'an id stands for one request');
    const before = [];
    await forAll(ids, async (id) => before.push(await story(server, id)));
    await receiptsTaken(audit, before);
    smsc.receipts.clear(); // of ids that the server never got: this SMSC gives them up
    await forAll(life.numbers, async (number) => {
        const id = audit.known.get(number);
        const acknowledged = audit.acknowledged.get(number);
        const copies = smsc.copies(number);
        if (acknowledged !== undefined && acknowledged !== id) audit.violate('lost', `${acknowledged} is not known`);
        if (id === undefined) {
            if (copies.length > 0) audit.violate('unstored', `the SMSC has a message of nobody's, ${copies[0].id}`);
            return;
        }
        const told = await story(server, id);
        audit.judge(told, copies);
        if (told.status === 'in_progress' && copies.length > 0) {
            const answer = await server.check(id, pinIn(copies[0].text), { account: audit.account });
            if (answer !== '0') audit.violate('changed', `${id}: its PIN is not right`);
        }
        if (audit.account) audit.charge(await story(server, id), copies);
    });
    const { body } = await admin(server, 'GET', '/spend');
    await server.kill();
    if (audit.account) await compareMoney(data, audit, body.accounts[0]);
}

/** The balance, the stories, and the rows of the ledger as they are on the disk after the kill. */
async function compareMoney(data, audit, { balance }) {
    const gone = micros(startBalance) - micros(balance);
    const told = [...audit.spent.values()].reduce((sum, each) => sum + each, 0);
    if (gone !== told) audit.violate('money', `${gone} is gone from the balance, the stories say ${told}`);
    const sql = 'SELECT kind, sum(amount) FROM ledger GROUP BY kind';
    const script = `import json, sqlite3, sys\nprint(json.dumps(sqlite3.connect(sys.argv[1]).execute("${sql}").fetchall()))`;
    const read = await run('python3', ['-c', script, path.join(data, 'roger.db')]);
    assert.equal(read.code, 0, read.stderr);
    const [, settled = 0, , toppedUp = 0] = ledgerSums(JSON.parse(read.stdout));
    if (toppedUp - settled !== micros(balance)) audit.violate('money', `the ledger says ${toppedUp - settled}`);
}

/** By kind: reserve, settle, release, topup. */
function ledgerSums(rows) {
    const sums = [];
    for (const [kind, amount] of rows) sums[kind] = amount;
    return sums;
}

/** "0.03500000" as 35000. */
function micros(price) {
    return Math.round(Number(price) * 1e6);
}

async function main() {
    const { rounds, seed, money } = readArguments(process.argv.slice(2));
    const random = new Random(seed);
    const smsc = await Smsc.start();
    makeUnreliable(smsc, random);
    const audit = new Audit(smsc);
    const config = smsc.route('smsc-a', 'bind = { window = 10, count = 2, segments_per_second = 1000 }');
    const data = temporaryDirectory('roger-smpp-crash');
    const taken = new Set();
    process.stdout.write(`smpp-crash-test: ${rounds} rounds, seed ${seed}, ${data}\n`);
    const total = { acknowledged: 0, inWindow: 0, receiptsOpen: 0 };
    for (let index = 1; index <= rounds; ++index) {
        const { life, killAfterMs, inWindow, receiptsOpen } = await round(data, config, audit, random, taken, money);
        await account(data, config, audit, life);
        total.acknowledged += life.answered;
        total.inWindow += inWindow;
        total.receiptsOpen += receiptsOpen;
        process.stdout.write(
            `round ${index}: killed after ${killAfterMs} ms; acknowledged ${life.answered}, in the window ${inWindow}, ` +
                `receipts open ${receiptsOpen}; so far ambiguous ${audit.ambiguous}, ${audit.sum()}\n`,
        );
    }
    audit.notes.forEach((note) => process.stdout.write(`  ${note}\n`));
    assert.ok(audit.acknowledged.size > 0, 'nothing was acknowledged: the load did not come to the server');
    const doubled = smsc.messages.length - new Set(smsc.messages.map(({ to }) => to)).size;
    process.stdout.write(
        `total: acknowledged ${total.acknowledged}, messages ${smsc.messages.length}, in the window at kills ` +
            `${total.inWindow}, receipts open at kills ${total.receiptsOpen}, sent again ${doubled}, ` +
            `flagged ambiguous ${audit.ambiguous}` +
            (money ? `, paid ${[...audit.spent.values()].reduce((sum, each) => sum + each, 0) / 1e6}\n` : '\n') +
            `smpp-crash-test: ${rounds} rounds, ${audit.sum()}\n`,
    );
    process.exit(audit.failed ? 1 : 0);
}

main().catch((error) => {
    process.stderr.write(`smpp-crash-test: ${error.stack ?? error}\n`);
    process.exit(1);
});
