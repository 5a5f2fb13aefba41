// What script/sip-test runs: Roger calls SIPp, a SIP stack that shares no code with ours, in one scenario after the other
// (tests/voice/sipp). SIPp fails a scenario whose messages do not come as written there; the story must fit, too.
// Usage: sipp.mjs [SCENARIO…]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { story } from '../e2e/support/admin.mjs';
import { Server, poll, temporaryDirectory } from '../e2e/support/server.mjs';

const here = path.join(path.dirname(fileURLToPath(import.meta.url)), 'sipp');
const withPassword = 'user = "roger"\npassword = "hush"\n';
const delivered = { state: 'delivered' };

/** What Roger makes of each scenario. `next`: another SIPp that answers, as the second route. */
const scenarios = {
    answers: { event: delivered },
    sha256: { keys: withPassword, event: delivered },
    md5: { keys: withPassword, event: delivered },
    proxy: { keys: withPassword, event: delivered },
    early: { event: delivered },
    forks: { event: delivered },
    busy: { event: { state: 'failed', reason: /486/ }, calls: 2 }, // once more after 20 s
    unavailable: { event: { state: 'failed', reason: /480/ } },
    rings: { keys: 'limits = { answer_seconds = 5 }\n', event: { state: 'failed' } },
    moved: { event: { ...delivered, route: 'second' }, next: true },
    overloaded: { event: { ...delivered, route: 'second' }, next: true },
};

/** A port that was free for TCP a moment ago; SIPp takes it for UDP. */
async function freePort() {
    const server = net.createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

class Sipp {
    constructor(name, port, media, calls = 1) {
        this.name = name;
        this.port = port;
        const args = ['-sf', path.join(here, `${name}.xml`), '-i', '127.0.0.1', '-p', String(port), '-mi', '127.0.0.1'];
        args.push('-mp', String(media), '-m', String(calls), '-timeout', '90', '-timeout_error', '-nostdin');
        args.push('-trace_err', '-error_file', path.join(temporaryDirectory('roger-sipp'), 'errors'));
        this.output = '';
        this.child = spawn('sipp', args, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.child.stdout.on('data', () => {}); // its screens
        this.child.stderr.on('data', (chunk) => (this.output += chunk));
        this.ended = new Promise((resolve, reject) => {
            this.child.on('error', reject);
            this.child.on('exit', (code, signal) => resolve(code ?? signal));
        });
    }

    route(name, more = '') {
        return `[[route]]\nname = "${name}"\nkind = "sip"\nuri = "sip:127.0.0.1:${this.port};transport=udp"\n${more}\n`;
    }
}

async function play(name) {
    const { keys = '', event: expected, next = false, calls } = scenarios[name];
    const port = await freePort();
    const peers = [new Sipp(name, port, 26_000, calls)];
    if (next) peers.push(new Sipp('answers', await freePort(), 26_010));
    const [first, second] = peers;
    const routes = first.route('first', `priority = 1\n${keys}`) + (second?.route('second') ?? '');
    const server = await Server.start({ config: `${routes}\n[voice]\nrepeat = 1\n` });
    try {
        await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'a usable route');
        const id = await server.begin({ workflow_id: '7' });
        const codes = Promise.all(peers.map((peer) => peer.ended));
        const settled = async () => {
            const [event] = (await story(server, id)).events;
            if (event.state === expected.state) return event;
            return undefined;
        };
        const event = await poll(settled, `${name}: ${expected.state}`, { deadlineMs: 60_000, everyMs: 100 });
        if (expected.route) assert.equal(event.route, expected.route);
        if (expected.reason) assert.match(event.reason, expected.reason);
        assert.deepEqual(await codes, peers.map(() => 0), `SIPp says: ${peers.map(({ output }) => output).join('\n')}`);
    } finally {
        peers.forEach(({ child }) => child.kill('SIGKILL'));
        await server.stop();
    }
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenarios);
let failed = 0;
for (const name of names) {
    if (!scenarios[name]) {
        process.stderr.write(`usage: sipp.mjs [SCENARIO…]; there are ${Object.keys(scenarios).join(', ')}\n`);
        process.exit(2);
    }
    try {
        await play(name);
        process.stdout.write(`  ok       ${name}\n`);
    } catch (error) {
        ++failed;
        process.stdout.write(`  FAILED   ${name}: ${error.message}\n`);
    }
}
process.stdout.write(`${names.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
