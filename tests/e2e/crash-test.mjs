// The crash test: load, SIGKILL at a random moment, restart on the same data directory, and every answer that was given
// must still hold. Usage: crash-test.mjs ROUNDS [--seed S]; exit 1 on any violation, 2 on wrong usage.
import process from 'node:process';

import { basic, encode } from './support/call.mjs';
import { Oracle } from './support/oracle.mjs';
import { Random } from './support/random.mjs';
import { Server, poll, temporaryDirectory, wrongCode } from './support/server.mjs';

const connections = 32;
const killWithinMs = 500;
const roundMsMax = 60_000;
const messageWithinMs = 10_000;
const rereadAtEnd = 5000;

function usage(message) {
    process.stderr.write(`crash-test: ${message}\nusage: crash-test ROUNDS [--seed S]\n`);
    process.exit(2);
}

function readArguments(args) {
    const [rounds, flag, seed, ...rest] = args;
    if (!/^[1-9]\d{0,5}$/.test(rounds ?? '')) usage('how many rounds?');
    if (rest.length || (flag !== undefined && flag !== '--seed')) usage('unknown argument');
    if (flag !== undefined && !/^\d{1,10}$/.test(seed ?? '')) usage('the seed is a number');
    return { rounds: Number(rounds), seed: seed === undefined ? Date.now() % 2 ** 32 : Number(seed) };
}

/** Area codes of North America with 555-0100 to 0199, which are kept free for fiction: 71 200 numbers. */
function fictitiousNumber(random) {
    for (;;) {
        const area = 200 + random.below(800);
        if (area % 100 === 11 || Math.floor(area / 10) % 10 === 9) continue;
        return `1${area}55501${String(random.below(100)).padStart(2, '0')}`;
    }
}

/** One server life: sends calls, and tells the oracle what was answered and what was not. */
class Load {
    constructor(server, oracle, random) {
        Object.assign(this, { server, oracle, random });
        this.headers = {
            Authorization: basic(server.key, server.secret),
            'Content-Type': 'application/x-www-form-urlencoded',
        };
        this.touched = new Set(); // records that this life must account for
        this.unanswered = new Set(); // numbers whose start got no answer
        this.live = [];
        this.answers = {};
        this.outstanding = 0;
        this.over = false;
    }

    /** @returns {Promise<object|undefined>} undefined when the connection broke: nobody knows then what happened */
    async call(where, parameters) {
        ++this.outstanding;
        try {
            const answer = await this.server.send(where, {
                method: 'POST',
                headers: this.headers,
                body: encode(parameters),
            });
            const body = JSON.parse(answer.text);
            this.answers[body.status] = (this.answers[body.status] ?? 0) + 1;
            return body;
        } catch (error) {
            if (!this.over) throw error;
            return undefined;
        } finally {
            --this.outstanding;
        }
    }

    async start(number) {
        this.unanswered.add(number);
        const body = await this.call('/verify/json', { number, brand: 'Crash' });
        if (body === undefined) return;
        this.unanswered.delete(number);
        if (body.status !== '0' && body.status !== '10') return;
        const record = this.oracle.known(body.request_id, number, body.status === '0');
        this.touched.add(record);
        if (body.status === '0') this.live.push(record);
    }

    async check(record, code, right) {
        this.touched.add(record);
        if (right) ++record.rightSent;
        else ++record.wrongSent;
        if (right || record.wrongSent > 2) record.endSent = true;
        const body = await this.call('/verify/check/json', { request_id: record.id, code });
        if (body === undefined) record.endSent = true; // it may have used up a budget of wrong codes
        if (body?.status === '0') this.oracle.succeeded(record);
        if (body?.status === '16') ++record.wrong;
        if (body?.status === '17') this.oracle.ended(record, 'FAILED');
        return body?.status;
    }

    async pinOf(record) {
        if (record.pin === undefined) {
            const messages = await this.server.messages({ request_id: record.id });
            record.pin = messages[0]?.pin;
        }
        return record.pin;
    }

    async step() {
        const { random } = this;
        const record = this.live.length ? random.pick(this.live) : undefined;
        const dice = random.next();
        if (!record || dice < 0.55) return this.start(fictitiousNumber(random));
        if (dice < 0.65) return this.start(record.number);
        if (dice < 0.7) {
            this.touched.add(record);
            return this.call('/verify/control/json', { request_id: record.id, cmd: 'trigger_next_event' });
        }
        const pin = await this.pinOf(record);
        if (!pin) return undefined;
        if (dice < 0.82) return this.check(record, wrongCode(pin, 1 + random.below(9)), false);
        // The same right code several times at once: one may succeed.
        this.live = this.live.filter((each) => each !== record);
        return Promise.all(Array.from({ length: 1 + random.below(3) }, () => this.check(record, pin, true)));
    }

    async worker() {
        while (!this.over) {
            try {
                await this.step();
            } catch (error) {
                if (!this.over) throw error;
            }
        }
    }

    run() {
        return Promise.all(Array.from({ length: connections }, () => this.worker()));
    }
}

/** Runs `each` for all items, some at a time. */
async function forAll(items, each) {
    const rest = [...items];
    const worker = async () => {
        while (rest.length) await each(rest.pop());
    };
    await Promise.all(Array.from({ length: connections }, worker));
}

/** After the restart: what was answered is there, and what was not is either there or not, but whole. */
async function account(load, oracle, server) {
    const after = new Load(server, oracle, load.random);
    await forAll(load.unanswered, (number) => after.start(number));
    for (const record of after.touched) load.touched.add(record);
    await forAll(load.touched, async (record) => {
        const found = await server.search(record.id, { auth: 'basic' });
        oracle.compare(record, found);
        if (found.status === 'IN PROGRESS') {
            // Judged by the oracle: 10 with the same id is the only right answer.
            const again = await after.call('/verify/json', { number: record.number, brand: 'Crash' });
            if (again.status === '0' || (again.status === '10' && again.request_id !== record.id)) {
                oracle.violate(
                    'secondLive',
                    `${record.number}: ${record.id} is live, a start says ${JSON.stringify(again)}`,
                );
            }
        }
        const messages = await poll(
            async () => {
                const list = await server.messages({ request_id: record.id });
                return list.length || found.status === '101' ? list : undefined;
            },
            `a message of ${record.id}`,
            { deadlineMs: messageWithinMs },
        ).catch(() => oracle.violate('lost', `${record.id} never got a message`));
        if (messages) oracle.compareMessages(record, messages);
        if (record.rightSent === 0 || !messages?.length) return;
        // A right code that was in flight at the kill counts once in all.
        const status = await after.check(record, record.pin ?? messages[0].pin, true);
        if (status !== (found.status === 'IN PROGRESS' ? '0' : '6')) {
            const kind = status === '0' ? 'doubleSuccess' : 'lost';
            oracle.violate(kind, `${record.id} is ${found.status}, and a right code is answered ${status}`);
        }
    });
}

async function round(data, oracle, random) {
    const early = random.chance(0.25);
    const killAfterMs = random.below(killWithinMs + 1);
    const server = new Server({ data, connections });
    const load = new Load(server, oracle, random);
    const spawned = Date.now();
    const ready = server.ready().then(
        () => true,
        (error) => {
            if (!load.over) throw error;
            return false;
        },
    );
    if (!early) await ready;
    const work = ready.then((isReady) => (isReady && !load.over ? load.run() : undefined));
    work.catch(() => {}); // looked at below
    const wait = early ? Math.max(0, spawned + killAfterMs - Date.now()) : killAfterMs;
    await new Promise((resolve) => setTimeout(resolve, wait));
    load.over = true;
    const inFlight = load.outstanding;
    await server.kill();
    await work;
    return {
        load,
        inFlight,
        what: `${killAfterMs} ms after ${early ? 'the start of the process' : 'the start of the load'}`,
    };
}

async function within(limitMs, what, work) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} took over ${limitMs} ms`)), limitMs);
    });
    try {
        return await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}

async function main() {
    const { rounds, seed } = readArguments(process.argv.slice(2));
    const random = new Random(seed);
    const oracle = new Oracle();
    const data = temporaryDirectory('roger-crash');
    const total = { acknowledged: 0, inFlight: 0, killsInFlight: 0 };
    process.stdout.write(`crash-test: ${rounds} rounds, seed ${seed}, ${data}\n`);
    for (let index = 1; index <= rounds; ++index) {
        const { load, inFlight, what } = await within(roundMsMax, `round ${index}`, round(data, oracle, random));
        const server = await Server.start({ data, connections });
        await within(roundMsMax, `the account of round ${index}`, account(load, oracle, server));
        if (index === rounds) {
            const all = [...oracle.byId.values()];
            const some = all.length <= rereadAtEnd ? all : Array.from({ length: rereadAtEnd }, () => random.pick(all));
            await within(
                roundMsMax,
                'the last look',
                forAll(some, async (record) => {
                    oracle.compare(record, await server.search(record.id, { auth: 'basic' }));
                }),
            );
        }
        await server.kill();
        const acknowledged = Object.values(load.answers).reduce((sum, count) => sum + count, 0);
        total.acknowledged += acknowledged;
        total.inFlight += inFlight;
        total.killsInFlight += inFlight > 0 ? 1 : 0;
        const { lost, doubleSuccess, secondLive, doubledMessages } = oracle.violations;
        process.stdout.write(
            `round ${index}: killed ${what}; acknowledged ${acknowledged} ${JSON.stringify(load.answers)}, ` +
                `in flight ${inFlight}; so far lost ${lost}, doubled ${doubleSuccess + secondLive + doubledMessages}\n`,
        );
    }
    oracle.notes.forEach((note) => process.stdout.write(`  ${note}\n`));
    const { lost, doubleSuccess, secondLive, doubledMessages } = oracle.violations;
    process.stdout.write(
        `total: acknowledged ${total.acknowledged}, in flight ${total.inFlight}, requests ${oracle.byId.size}, ` +
            `messages doubled without a flag ${doubledMessages}\n` +
            `crash-test: ${rounds} rounds, lost ${lost}, double success ${doubleSuccess}, second live ${secondLive}, ` +
            `in flight in ${total.killsInFlight} of ${rounds} kills\n`,
    );
    process.exitCode = oracle.failed ? 1 : 0;
}

main().catch((error) => {
    process.stderr.write(`crash-test: ${error.stack ?? error}\n`);
    process.exit(1);
});
