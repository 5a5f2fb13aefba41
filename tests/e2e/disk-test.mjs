// The disk tests: a real server under load on a disk that fills up, becomes read-only or fails, and every answer that
// was given must still hold. Usage: disk-test.mjs full|read-only|calls [--seed S]; exit 1 on any violation.
import assert from 'node:assert/strict';
import process from 'node:process';

import { faults, inject, integrity, SmallDisk } from './support/disk.mjs';
import { account, connections, Load } from './support/load.mjs';
import { Oracle } from './support/oracle.mjs';
import { Random } from './support/random.mjs';
import { poll, roger, Server } from './support/server.mjs';

const refusedWithinMs = 1000; // after the disk was full or read-only
const servedWithinMs = 5000; // after it was well again
const enough = 200; // answers, before something happens

const [suite, flag, seedText, ...rest] = process.argv.slice(2);
const seed = flag === '--seed' ? Number(seedText) : Date.now() % 2 ** 32;
const random = new Random(seed);
const oracle = new Oracle();
let latest; // the load that began last, to tell of when something fails

/** Starts clients against a server. @returns {Load} whose `stop` waits for the last answers */
function begin(server, options = {}) {
    const load = Object.assign(new Load(server, oracle, random), options);
    latest = load;
    server.exited.then(() => (load.over = true));
    const work = load.run();
    work.catch(() => {}); // looked at in stop()
    load.stop = async () => {
        load.over = true;
        await work;
    };
    return load;
}

/** Waits until `count` more answers have one of the statuses. @returns {Promise<number>} when, in ms */
async function more(load, count, statuses) {
    const sum = () => statuses.reduce((total, status) => total + load.answered(status), 0);
    const from = sum();
    const what = `${count} more answers ${statuses}: ${JSON.stringify(load.answers)} ${load.server.stderr.slice(-500)}`;
    await poll(() => (sum() >= from + count ? true : undefined), what, { everyMs: 2 });
    return Date.now();
}

function within(limitMs, from, to, what) {
    assert.ok(to - from <= limitMs, `${what} took ${to - from} ms, ${limitMs} are allowed`);
    return `${what} after ${to - from} ms`;
}

async function allRefused(load) {
    await more(load, 2 * connections, ['5']); // what was under way is over
    const before = load.answered('0');
    await more(load, enough, ['5']);
    assert.equal(load.answered('0'), before, 'nothing that must be saved is answered 0');
}

async function gauge(server, name) {
    return new RegExp(`^${name} (\\S+)$`, 'm').exec(await server.metrics())?.[1];
}

async function readiness(server) {
    const answer = await server.send('/readyz');
    return { http: answer.http, status: JSON.parse(answer.text).status };
}

/** Some request that was answered is found as it is. */
async function searchGoesOn(server) {
    for (let index = 0; index < 20; ++index) {
        const record = random.pick([...oracle.byId.values()]);
        oracle.compare(record, await server.search(record.id, { auth: 'basic' }));
    }
}

/** What must hold at the end of each suite: a crash, a restart, all that was answered, a sound database. */
async function audit(data, loads) {
    const server = await Server.start({ data, connections });
    for (const load of loads) await account(load, oracle, server);
    await server.kill();
    assert.equal(await integrity(data), 'ok');
    oracle.notes.forEach((note) => process.stdout.write(`  ${note}\n`));
    assert.ok(!oracle.failed, JSON.stringify(oracle.violations));
    const answered = loads.reduce((sum, load) => sum + load.answered() - load.answered('5'), 0);
    return `acknowledged ${answered}, requests ${oracle.byId.size}, lost 0, doubled 0, integrity ok`;
}

const onReserve = /^read-only: the disk is full, and what was set aside/;

/** While the disk is full: all is refused that would write, all is told to the operator, searches go on. */
async function fullDisk(server, load) {
    await poll(async () => onReserve.test((await readiness(server)).status) || undefined, 'the reserve is given up');
    await allRefused(load);
    await searchGoesOn(server);
    assert.equal(await gauge(server, 'roger_store_writable'), '0');
    assert.equal(await gauge(server, 'roger_reserve_whole'), '0');
    const doctor = await roger(['doctor', '--data', server.data]);
    assert.equal(doctor.code, 1, doctor.stdout);
    assert.match(doctor.stdout, /^problem {2}the reserve for a full disk is given up/m);
}

/** The handset refuses its message after 5 s: a receipt that comes when the disk is full, whatever else is under way. */
const refusedLater = '447700900903';

async function full() {
    const disk = new SmallDisk(16);
    let server = await Server.start({ data: disk.data, connections });
    const first = begin(server);
    await more(first, enough, ['0']);
    await server.begin({ number: refusedLater });
    const filled = await disk.fill();
    const refused = within(refusedWithinMs, filled, await more(first, 1, ['5']), 'status 5');
    await fullDisk(server, first);

    const freed = disk.free();
    const served = within(servedWithinMs, freed, await more(first, 1, ['0']), 'service');
    await more(first, enough, ['0']);
    assert.deepEqual(await readiness(server), { http: 200, status: 'ready' });
    assert.equal(await gauge(server, 'roger_reserve_whole'), '1');

    // A crash on a full disk, and a start on one.
    await server.begin({ number: refusedLater }, { account: await server.account() });
    await disk.fill();
    await more(first, 1, ['5']);
    await fullDisk(server, first);
    await first.stop();
    await server.kill();
    server = await Server.start({ data: disk.data, connections });
    assert.equal((await readiness(server)).http, 503);
    await searchGoesOn(server);
    const second = begin(server);
    await more(second, enough, ['5']);
    assert.equal(second.answered('0'), 0);
    await second.stop();
    await server.kill();
    disk.free();
    // All outcomes were saved although the disk was full: no claim is left whose message would be sent again.
    server = await Server.start({ data: disk.data, connections });
    assert.doesNotMatch(server.stderr, /recovered claims/);
    // A start that needs the reserve itself, for the index of the log that the stop has removed.
    await server.stop();
    await disk.fill();
    server = await Server.start({ data: disk.data, connections });
    assert.match((await readiness(server)).status, onReserve);
    await searchGoesOn(server);
    await server.kill();
    disk.free();
    const total = await audit(disk.data, [first, second]);
    return `16 MiB disk filled three times: ${refused}, ${served}, two starts on a full disk; ${total}`;
}

async function readOnly() {
    const disk = new SmallDisk(64);
    const server = await Server.start({ data: disk.data, connections });
    const load = begin(server);
    await more(load, enough, ['0']);
    // A file system with an open file cannot be remounted read-only; one that the kernel makes so after an error says
    // this.
    const fault = await inject(server, 'pwrite64,ftruncate:error=EROFS');
    const refused = within(refusedWithinMs, fault.since, await more(load, 1, ['5']), 'status 5');
    await allRefused(load);
    const { http, status } = await readiness(server);
    assert.equal(http, 503);
    assert.match(status, /^read-only: the store cannot be written/);
    await searchGoesOn(server);
    const healed = await fault.stop();
    const served = within(servedWithinMs, healed, await more(load, 1, ['0']), 'service');
    await more(load, enough, ['0']);
    assert.deepEqual(await readiness(server), { http: 200, status: 'ready' });
    await load.stop();
    await server.kill();
    return `read-only for a while: ${refused}, ${served}; ${await audit(disk.data, [load])}`;
}

/** System calls on the log or the database that fail under load: the Nth of them, and for good from there on. */
const failures = [
    // A failed sync must end the process: trying it again would prove nothing.
    ...[1, 2, 7, 40].map((n) => ({ inject: `fdatasync:error=EIO:when=${n}`, mustEnd: true })),
    { inject: 'fdatasync:error=EIO:when=20+', mustEnd: true },
    ...[5, 18, 61].map((n) => ({ inject: `pwrite64:error=EIO:when=${n}`, mustEnd: true })),
    { inject: 'pwrite64:error=EIO:when=30+', mustEnd: true },
    // No room, and a moment later there is: no reason to end.
    ...[5, 61].map((n) => ({ inject: `pwrite64:error=ENOSPC:when=${n}`, mustGoOn: true })),
    { inject: 'pwrite64:error=EDQUOT:when=33', mustGoOn: true },
    { inject: 'pwrite64:error=EROFS:when=33', mustGoOn: true },
    { inject: 'pread64:error=EIO:when=9+' },
];

async function calls() {
    const disk = new SmallDisk(64);
    // The database is there, so that a fault hits the service and not its first start.
    const fresh = await Server.start({ data: disk.data, connections });
    await fresh.stop();
    const loads = [];
    const endings = {};
    for (const { inject: what, mustEnd, mustGoOn } of failures) {
        const wrapper = ['strace', ...faults(disk.data, what)];
        const server = new Server({ data: disk.data, connections, wrapper });
        await server.ready().catch((error) => {
            if (!server.ended) throw error;
        });
        if (server.url) {
            const load = begin(server, { mayEnd: true });
            const over = () => server.ended ?? (load.answered('0') >= enough && !mustEnd ? 'served' : undefined);
            await poll(over, `the end after ${what}: ${server.stderr.slice(-500)}`);
            load.over = true;
            await server.kill();
            await load.stop();
            loads.push(load);
        }
        const ended = await server.kill();
        const ending = ended.code === null ? 'went on' : `exit ${ended.code}`;
        assert.ok(ended.code === null || ended.code === 75 || !server.url, `${what}: ${ending}\n${server.stderr}`);
        assert.ok(ended.code === 75 || !mustEnd || !server.url, `${what} ended with ${ending}\n${server.stderr}`);
        assert.ok(ended.code === null || !mustGoOn, `${what} ended with ${ending}\n${server.stderr}`);
        endings[ending] = (endings[ending] ?? 0) + 1;
    }
    return `${failures.length} failures of system calls: ${JSON.stringify(endings)}; ${await audit(disk.data, loads)}`;
}

const suites = { full, 'read-only': readOnly, calls };
if (!(suite in suites) || rest.length || !Number.isInteger(seed)) {
    process.stderr.write(`usage: disk-test ${Object.keys(suites).join('|')} [--seed S]\n`);
    process.exit(2);
}
suites[suite]().then(
    (line) => {
        process.stdout.write(`disk-test ${suite}: ${line}\n`);
        process.exit(0);
    },
    (error) => {
        process.stderr.write(
            `disk-test ${suite}, seed ${seed}: ${error.stack ?? error}\n` +
                `answers: ${JSON.stringify(latest?.answers)}\n${latest?.server.stderr.slice(-3000)}\n`,
        );
        process.exit(1);
    },
);
