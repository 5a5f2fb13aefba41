// SMS over SMPP with an SMSC that shares no code with ours nor with npm's smpp: Perl's Net::SMPP. Run by script/smpp-peers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { route, story } from '../support/admin.mjs';
import { Server, poll } from '../support/server.mjs';
import { pinIn } from '../support/smsc.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

class PerlSmsc {
    constructor() {
        this.events = [];
        this.errors = '';
        this.child = spawn('perl', [path.join(here, 'net-smpp-smsc.pl')], { stdio: ['ignore', 'pipe', 'pipe'] });
        let rest = '';
        this.child.stdout.on('data', (chunk) => {
            const lines = (rest + chunk).split('\n');
            rest = lines.pop();
            this.events.push(...lines.map((line) => JSON.parse(line)));
        });
        this.child.stderr.on('data', (chunk) => (this.errors += chunk));
        process.on('exit', () => this.child.kill('SIGKILL'));
    }

    /** The first event that fits. */
    told(fits, what) {
        return poll(() => this.events.find(fits), `${what}; it said: ${JSON.stringify(this.events)} ${this.errors}`, {
            deadlineMs: 30_000,
        });
    }
}

const config = (port, password = 'secret') =>
    `[[route]]\nname = "perl"\nhosts = ["127.0.0.1:${port}"]\nsystem_id = "roger"\npassword = "${password}"\n` +
    'sender = "ACME"\nprice = "0.0350"\n';

let smsc;
let server;
before(async () => {
    smsc = new PerlSmsc();
    const { port } = await smsc.told(({ event }) => event === 'listening', 'a port');
    server = await Server.start({ config: config(port) });
    await smsc.told(({ event, good }) => event === 'bind' && good, 'a good bind');
    await poll(async () => ((await route(server, 'perl')).up ? true : undefined), 'the route is up');
});
after(() => smsc?.child.kill());

it('a message goes out, its receipt in the other number base comes back, the PIN is right', async () => {
    const number = server.number();
    const id = await server.begin({ number });
    const sent = await smsc.told(({ event, to }) => event === 'submit' && to === number, 'the message');
    assert.equal(sent.from, 'ACME');
    assert.equal(sent.wants_receipt, 1);
    assert.match(sent.validity, /^0000000\d{8}R$/, 'as long as the PIN lives');
    const told = await poll(async () => {
        const now = await story(server, id);
        return now.events[0].state === 'delivered' ? now : undefined;
    }, 'delivered');
    assert.equal(told.events[0].route, 'perl');
    assert.deepEqual(told.events[0].peer_ids, [sent.id]);
    await smsc.told(({ event, status }) => event === 'acknowledged' && status === 0, 'the receipt is acknowledged');
    assert.equal(await server.check(id, pinIn(sent.text)), '0');
});

it('many messages at once, each with its receipt', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => server.begin()));
    for (const id of ids) {
        await poll(async () => ((await story(server, id)).events[0].state === 'delivered' ? true : undefined), id);
    }
    assert.ok(!smsc.events.some(({ event }) => event === 'unknown'), 'nothing that it does not know');
});

it('the session ends with an unbind, and a wrong password is refused', async () => {
    await server.stop();
    await smsc.told(({ event }) => event === 'unbind', 'an unbind');
    const { port } = smsc.events[0];
    server = await Server.start({ config: config(port, 'wrong') });
    await smsc.told(({ event, good }) => event === 'bind' && good === false, 'a refused bind');
    await poll(() => (/smpp bind refused/.test(server.stderr) ? true : undefined), 'an error in the log');
    assert.equal((await route(server, 'perl')).up, false);
    assert.equal((await server.send('/readyz')).http, 503);
    await server.stop();
    const complaints = smsc.errors.split('\n').filter((line) => line && !/premature eof/.test(line));
    assert.deepEqual(complaints, [], 'but that we leave after a refused bind');
});
