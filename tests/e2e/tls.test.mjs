// HTTPS: the client libraries, and certificates that are replaced while the server runs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';

import { clients } from './support/clients.mjs';
import { Server, bootstrap, cleanEnvironment, poll, roger, run, temporaryDirectory } from './support/server.mjs';

const walkProgram = fileURLToPath(new URL('./support/walk.mjs', import.meta.url));
const directory = temporaryDirectory('roger-e2e-tls');
const file = (name) => path.join(directory, name);
// Of the loopback network, which needs no set-up on Linux; by process, so that two runs do not meet on port 443.
const ownAddress = `127.44.${(process.pid >> 8) & 255}.${process.pid & 255}`;

async function openssl(...args) {
    const ended = await run('openssl', args, { cwd: directory });
    assert.equal(ended.code, 0, `openssl ${args.join(' ')}\n${ended.stderr}`);
    return ended.stdout;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

async function makeAuthority() {
    const usage = ['-addext', 'keyUsage=critical,keyCertSign'];
    await openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Test CA', ...usage, '-keyout', 'ca.key', '-out', 'ca.pem');
}

/** NAME.pem and NAME.key for our addresses, with NAME as common name. */
async function makeCertificate(name) {
    await openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    fs.writeFileSync(file('names'), `subjectAltName=DNS:localhost,IP:127.0.0.1,IP:${ownAddress}\n`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
}

/** The certificate that a new connection sees. */
function servedName(url) {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
        const ca = fs.readFileSync(file('ca.pem'));
        const socket = tls.connect({ host: hostname, port: Number(port || 443), ca, ALPNProtocols: ['http/1.1'] }, () => {
            resolve(socket.getPeerCertificate().subject.CN);
            assert.equal(socket.alpnProtocol, 'http/1.1');
            socket.end();
        });
        socket.on('error', reject);
    });
}

function install(name) {
    fs.copyFileSync(file(`${name}.pem`), file('live.pem'));
    fs.copyFileSync(file(`${name}.key`), file('live.key'));
}

const config = (extra = '') => `[tls]\ncert = "${file('live.pem')}"\nkey = "${file('live.key')}"\n${extra}`;
const start = (options = {}) => Server.start({ config: config(), ca: fs.readFileSync(file('ca.pem')), ...options });

before(async () => {
    await makeAuthority();
    await makeCertificate('first');
    await makeCertificate('second');
    install('first');
});

async function walk(name, url) {
    const env = cleanEnvironment({ NODE_EXTRA_CA_CERTS: file('ca.pem') });
    const ended = await run(process.execPath, [walkProgram, name, url, bootstrap.key, bootstrap.secret], { env });
    assert.equal(ended.code, 0, ended.stderr);
}

describe('over TLS, unchanged clients verify a number', () => {
    const mayBind = process.getuid?.() === 0;
    for (const { name, searchesLists: isNexmo } of clients) {
        // nexmo and server-sdk 2 speak https on port 443 and nowhere else.
        const skip = isNexmo && !mayBind && 'it speaks https on port 443 only, which this user may not bind';
        it(name, { skip }, async () => {
            const server = await start(isNexmo ? { listen: `${ownAddress}:443` } : {});
            assert.match(server.url, /^https:/);
            await walk(name, server.url);
            await server.stop();
        });
    }

    it('and so does the roger command, with SSL_CERT_FILE', async () => {
        const server = await start();
        const env = { ROGER_URL: server.url, ROGER_KEY: bootstrap.key, ROGER_SECRET: bootstrap.secret };
        const verify = (more) => roger(['verify', server.number(), '--brand', 'Acme'], { env: { ...env, ...more } });
        const good = await verify({ SSL_CERT_FILE: file('ca.pem') });
        assert.equal(good.code, 0, good.stderr);
        const stranger = await verify({});
        assert.equal(stranger.code, 3, 'nothing was sent to a server that cannot prove who it is');
        await server.stop();
    });

    it('but not with an authority that they do not know', async () => {
        const server = await start();
        const env = cleanEnvironment({});
        const args = [walkProgram, clients[0].name, server.url, bootstrap.key, bootstrap.secret];
        const ended = await run(process.execPath, args, { env });
        assert.notEqual(ended.code, 0);
        assert.match(ended.stderr, /unable to (verify the first certificate|get local issuer certificate)/);
        await server.stop();
    });
});

describe('SIGHUP', () => {
    let server;
    before(async () => {
        install('first');
        server = await start();
    });
    after(() => server?.stop());

    /** Has the server read its configuration, and waits until it has said so. @returns {Promise<string>} what it said */
    async function hangup() {
        const before = server.stderr.length;
        process.kill(server.pid(), 'SIGHUP');
        return poll(() => {
            const said = server.stderr.slice(before);
            return /configuration (reloaded|was not reloaded)/.test(said) ? said : undefined;
        }, 'a word about the configuration');
    }
    const reconfigure = (text) => fs.writeFileSync(server.configFile, text);

    it('serves the new certificate to new connections, and keeps the old ones', async () => {
        assert.equal(await servedName(server.url), 'first');
        const id = await server.begin(); // leaves a connection open in the agent
        install('second');
        assert.equal(await servedName(server.url), 'first');
        assert.match(await hangup(), /configuration reloaded/);
        assert.equal(await servedName(server.url), 'second');
        assert.equal((await server.search(id)).status, 'IN PROGRESS');
    });

    it('keeps the certificate when a file is bad, and says why', async () => {
        fs.copyFileSync(file('first.key'), file('live.key'));
        assert.match(await hangup(), /was not reloaded, nothing changed.*is not that of the certificate/);
        assert.equal(await servedName(server.url), 'second');
        fs.rmSync(file('live.pem'));
        assert.match(await hangup(), /was not reloaded, nothing changed.*live\.pem cannot be read/);
        assert.equal(await servedName(server.url), 'second');
        install('first');
        assert.match(await hangup(), /configuration reloaded/);
        assert.equal(await servedName(server.url), 'first');
    });

    it('takes over numbers and proxies, and nothing of a file with a mistake', async () => {
        const refused = { number: '447700900555', brand: 'Acme' };
        reconfigure(config('[numbers]\ndeny = ["447700900555"]\n'));
        assert.match(await hangup(), /configuration reloaded/);
        assert.equal((await server.v1('start', refused)).body.status, '7');
        reconfigure(config('[numbers]\ndeny = []\n[limitz]\n'));
        assert.match(await hangup(), /was not reloaded, nothing changed.*unknown key 'limitz'/);
        assert.equal((await server.v1('start', refused)).body.status, '7');
        reconfigure(config('[numbers]\ndeny = []\n'));
        assert.match(await hangup(), /configuration reloaded/);
        assert.equal((await server.v1('start', refused)).body.status, '0');
    });

    it('names what only a restart can change', async () => {
        reconfigure('');
        assert.match(await hangup(), /next start.*key="?tls"?/);
        assert.equal(await servedName(server.url), 'first');
        reconfigure(config());
        assert.doesNotMatch(await hangup(), /next start/);
    });
});

describe('a certificate that cannot be used', () => {
    it('stops the start with a sentence and exit 78', async () => {
        const data = path.join(directory, 'never-made');
        const serve = (...args) => roger(['serve', '--listen', '127.0.0.1:0', '--data', data, ...args]);
        const cases = [
            [['--tls-cert', file('first.pem')], /^roger: tls\.cert is given without tls\.key/],
            [['--tls-cert', file('nowhere'), '--tls-key', file('first.key')], /nowhere cannot be read: No such file/],
            [['--tls-cert', file('first.pem'), '--tls-key', file('second.key')], /is not that of the certificate/],
            [['--tls-cert', file('names'), '--tls-key', file('first.key')], /holds no good certificate in PEM form/],
        ];
        for (const [args, sentence] of cases) {
            const ended = await serve(...args);
            assert.equal(ended.code, 78, ended.stderr);
            assert.match(ended.stderr, sentence);
            assert.equal(ended.stdout, '');
        }
        assert.ok(!fs.existsSync(data), 'nothing was made');
    });
});
