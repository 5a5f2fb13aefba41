// The crash test: load, SIGKILL at a random moment, restart on the same data directory, and every answer that was given
// must still hold. Usage: crash-test.mjs ROUNDS [--seed S]; exit 1 on any violation, 2 on wrong usage.
import process from 'node:process';

import { account, connections, forAll, Load } from './support/load.mjs';
import { Oracle } from './support/oracle.mjs';
import { Random } from './support/random.mjs';
import { Server, temporaryDirectory } from './support/server.mjs';

const killWithinMs = 500;
const roundMsMax = 60_000;
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
        const acknowledged = load.answered();
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
