// Load for the tests that break the server under it: many clients, an oracle that is told every answer, and the account
// that a server must give of them afterwards.
import { basic, encode } from './call.mjs';
import { poll, wrongCode } from './server.mjs';

export const connections = 32;
const messageWithinMs = 10_000;

/** Area codes of North America with 555-0100 to 0199, which are kept free for fiction: 71 200 numbers. */
export function fictitiousNumber(random) {
    for (;;) {
        const area = 200 + random.below(800);
        if (area % 100 === 11 || Math.floor(area / 10) % 10 === 9) continue;
        return `1${area}55501${String(random.below(100)).padStart(2, '0')}`;
    }
}

/** One server life: sends calls, and tells the oracle what was answered and what was not. */
export class Load {
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
        this.mayEnd = false; // whether the server may end by itself
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
            if (!this.over && !this.mayEnd) throw error;
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
                if (!this.over && !this.mayEnd) throw error;
            }
        }
    }

    /** How many calls were answered: all, or those with one status. */
    answered(status) {
        if (status !== undefined) return this.answers[status] ?? 0;
        return Object.values(this.answers).reduce((sum, count) => sum + count, 0);
    }

    run() {
        return Promise.all(Array.from({ length: connections }, () => this.worker()));
    }
}

/** Runs `each` for all items, some at a time. */
export async function forAll(items, each) {
    const rest = [...items];
    const worker = async () => {
        while (rest.length) await each(rest.pop());
    };
    await Promise.all(Array.from({ length: connections }, worker));
}

/** After the restart: what was answered is there, and what was not is either there or not, but whole. */
export async function account(load, oracle, server) {
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
