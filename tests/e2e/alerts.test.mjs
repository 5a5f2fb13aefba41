// Operators are told what is wrong, once, and when it is over: by a program, a URL and a mail.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Authority } from './support/certificates.mjs';
import { RawSmsc } from './support/raw-smsc.mjs';
import { Server, poll, roger, temporaryDirectory } from './support/server.mjs';
import { SmtpServer } from './support/smtp.mjs';

const secret = 'alert-secret';

/** A program that keeps what it is told, a line each. */
function program() {
    const directory = temporaryDirectory('roger-alerts');
    const file = path.join(directory, 'page');
    fs.writeFileSync(file, `#!/bin/sh\ncat >>'${directory}/told'\n`, { mode: 0o755 });
    const told = () => {
        if (!fs.existsSync(path.join(directory, 'told'))) return [];
        return fs.readFileSync(path.join(directory, 'told'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
    };
    return { file, told };
}

/** A URL that keeps what is posted there, if it is signed. */
async function hook() {
    const posted = [];
    const server = http.createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => {
            const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request.headers['roger-signature']) ?? [];
            const right = crypto.createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
            if (signature === right && Math.abs(Date.now() / 1000 - Number(time)) < 300) posted.push(JSON.parse(body));
            response.writeHead(signature === right ? 204 : 403).end();
        });
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return { posted, url: `http://127.0.0.1:${server.address().port}/roger`, stop: () => server.close() };
}

/** A port at which nobody listens. */
async function freePort() {
    const server = net.createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

const first = (list, what) => poll(() => list()[0], what, { deadlineMs: 30_000 });

describe('an operator', () => {
    let authority;
    let mail;
    let web;
    before(async () => {
        authority = await Authority.make();
        mail = await SmtpServer.start(await authority.sign('localhost'));
        web = await hook();
    });
    after(async () => {
        web.stop();
        await mail.stop();
    });
    const ways = (page) => `
[alert]
command = ["${page.file}"]
url = "${web.url}"
secret = "${secret}"
allow_private = true
email = "ops@example.org"

[email]
server = "localhost:${mail.port}"
user = "roger"
password = "mail-password"
from = "roger@example.com"
ca_file = "${authority.file}"
`;

    it('is told in every way that a certificate ends', async () => {
        const { key, cert } = await authority.sign('api.test', { days: 5 });
        const directory = temporaryDirectory();
        fs.writeFileSync(path.join(directory, 'key.pem'), key, { mode: 0o600 });
        fs.writeFileSync(path.join(directory, 'cert.pem'), cert);
        const tls = `[tls]\ncert = "${directory}/cert.pem"\nkey = "${directory}/key.pem"\n`;
        const page = program();
        const server = await Server.start({ config: tls + ways(page), ca: fs.readFileSync(authority.file) });
        const told = await first(page.told, 'the program is told');
        assert.equal(told.kind, 'certificate');
        assert.equal(told.state, 'raised');
        assert.equal(told.subject, `${directory}/cert.pem`);
        assert.match(told.text, /^The certificate in \S+, of the API, ends on \d{4}-\d\d-\d\d at \d\d:\d\d UTC\. Renew it/);
        assert.match(told.id, /^[0-9a-f]{32}$/);
        const posted = await first(() => web.posted, 'the URL is told');
        assert.deepEqual(posted, told);
        const sent = await first(() => mail.mails, 'the mailbox is told');
        assert.equal(sent.to, 'ops@example.org');
        assert.match(sent.text, /\r\nSubject: raised: certificate |\r\nSubject: =\?UTF-8/);
        const doctor = await roger(['doctor', '--data', server.data, '--config', server.configFile]);
        assert.equal(doctor.code, 1, doctor.stdout);
        assert.match(doctor.stdout, /^problem {2}The certificate in .*: renew it$/m);
        assert.match(doctor.stdout, /^ok {7}alerts go to the program \S+, alert\.url, ops@example\.org; try: roger alert test$/m);
        await server.stop();
        assert.equal(page.told().length, 1, 'once');
    });

    it('is told that an account has used what it may spend, at 80 % and at the end', async () => {
        const page = program();
        const server = await Server.start({ config: ways(page) });
        const account = await server.account('--rate', '0', '--price', '0.05', '--cap-day', '0.10');
        const verify = async () => {
            const id = await server.begin({}, { account });
            assert.equal(await server.check(id, await server.pin(id, account), { account }), '0');
        };
        await verify();
        await verify();
        const told = await poll(() => (page.told().length === 2 ? page.told() : undefined), 'both are told');
        assert.deepEqual(
            told.map(({ kind, state }) => `${kind} ${state}`),
            ['spend raised', 'spend raised'],
        );
        const used = (percent) => `Account ${account.key} has used ${percent} % of its day: 0.10000000 of 0.10000000 EUR.`;
        assert.deepEqual(told.map(({ text }) => text).sort(), [used(100), used(80)]);
        await server.stop();
    });

    it('tries all ways, and hears who did not take it', async () => {
        const page = program();
        const file = path.join(temporaryDirectory(), 'roger.toml');
        const write = (text) => fs.writeFileSync(file, text, { mode: 0o600 });
        write(ways(page));
        const before = web.posted.length;
        const good = await roger(['alert', 'test', '--config', file]);
        assert.equal(good.code, 0, good.stderr);
        assert.match(good.stdout, /^the program \S+ took the alert$/m);
        assert.match(good.stdout, /^http:\/\/127\.0\.0\.1:\d+ took the alert$/m);
        assert.match(good.stdout, /^ops@example\.org took the alert$/m);
        assert.equal(page.told()[0].kind, 'test');
        assert.equal(web.posted.length, before + 1);

        write(ways(page).replace(page.file, '/bin/false').replace(secret, 'another').replace('ops@', 'nobody@'));
        const bad = await roger(['alert', 'test', '--config', file]);
        assert.equal(bad.code, 1);
        assert.match(bad.stderr, /the program \/bin\/false did not take the alert: .*ended with an error/);
        assert.match(bad.stderr, /127\.0\.0\.1:\d+ did not take the alert: it answered 403/);
        assert.match(bad.stderr, /nobody@example\.org did not take the alert: .*SMTP 550/);
        assert.doesNotMatch(bad.stderr + bad.stdout, /another|mail-password/);
        write('[alert]\nsilent_minutes = 3\n');
        assert.equal((await roger(['alert', 'test', '--config', file])).code, 78);
    });
});

describe('a route', () => {
    it('that is down is told of, and when it is up again; one that is switched off is not', async () => {
        const page = program();
        const port = await freePort();
        const route = (name, more = '') => `
[[route]]
name = "${name}"
kind = "smpp"
hosts = ["127.0.0.1:${port}"]
system_id = "roger"
password = "hush"
sender = "ACME"
price = "0.01"
${more}
`;
        const config = `${route('smsc-a')}${route('smsc-off', 'enabled = false')}
[alert]
command = ["${page.file}"]
route_down_seconds = 0
`;
        const server = await Server.start({ config });
        const down = await first(page.told, 'the route is down');
        assert.deepEqual([down.kind, down.state, down.subject], ['route_down', 'raised', 'smsc-a']);
        const doctor = await roger(['doctor', '--data', server.data, '--config', server.configFile]);
        assert.match(doctor.stdout, /^problem {2}route smsc-a is down/m);
        assert.match(doctor.stdout, /^ok {7}route smsc-off is switched off/m);
        const smsc = new RawSmsc(() => undefined);
        await new Promise((done) => smsc.server.listen(port, '127.0.0.1', done));
        const up = await first(() => page.told().filter(({ state }) => state === 'recovered'), 'the route is up');
        assert.equal(up.subject, 'smsc-a');
        assert.match(up.text, /^Over, after \d+ min: Route smsc-a is down/);
        assert.ok(page.told().every(({ subject }) => subject === 'smsc-a'));
        await server.stop();
        await smsc.stop();
    });

    it('is told of when a reload says to whom', async () => {
        const page = program();
        const port = await freePort();
        const route = `[[route]]\nname = "smsc-a"\nkind = "smpp"\nhosts = ["127.0.0.1:${port}"]\nsystem_id = "r"\npassword = "p"\n`;
        const server = await Server.start({ config: route });
        const wrong = await server.reload(`${route}[alert]\ncommand = ["page"]\n`);
        assert.match(wrong, /alert\.command is the absolute path of a program/);
        await server.reload(`${route}[alert]\ncommand = ["${page.file}"]\nroute_down_seconds = 0\n`);
        assert.equal((await first(page.told, 'the route is down')).subject, 'smsc-a');
        await server.stop();
    });
});
