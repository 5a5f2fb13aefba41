// What script/demo-sms shows: node demo-sms.mjs [--tls]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { clients } from './clients.mjs';
import { Server, poll, roger, run, temporaryDirectory } from './server.mjs';
import { Smsc } from './smsc.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const tls = process.argv.includes('--tls');

/** An authority and a certificate for localhost. @returns {Promise<{ca: string, key: string, cert: string}>} */
async function makeCertificate() {
    const directory = temporaryDirectory('roger-demo-tls');
    const file = (name) => path.join(directory, name);
    const openssl = async (...args) => {
        const ended = await run('openssl', args, { cwd: directory });
        assert.equal(ended.code, 0, ended.stderr);
    };
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const authority = ['-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'ca.key', '-out', 'ca.pem'];
    await openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Demo CA', ...authority);
    await openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', 'smsc.key', '-out', 'smsc.csr');
    fs.writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    await openssl('x509', '-req', '-in', 'smsc.csr', ...by, '-out', 'smsc.pem');
    return { ca: file('ca.pem'), key: fs.readFileSync(file('smsc.key')), cert: fs.readFileSync(file('smsc.pem')) };
}

const certificate = tls ? await makeCertificate() : undefined;
const smsc = await Smsc.start({ tls: certificate });
say(`an SMSC on 127.0.0.1:${smsc.port}${tls ? ', over TLS' : ''}`);

const tlsLine = tls ? `tls = { enabled = true, ca_file = "${certificate.ca}", server_name = "localhost" }` : '';
const config = smsc.route('demo', tlsLine);
say(config.replace(/^/gm, '    '));
const server = await Server.start({ config });
await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'the route is up');
say(`roger on ${server.url}, bound to the SMSC`);

const [{ name, connect }] = clients;
const client = await connect(server);
const number = server.number();
const { request_id: id, status } = await client.start({ number, brand: 'Acme' });
assert.equal(status, '0');
say(`${name}: started ${id}`);
const pin = await smsc.pin(number);
say(`the SMSC was handed: ${(await smsc.to(number))[0].text}`);
await smsc.allAcknowledged();
say('its receipt "delivered" was acknowledged');
assert.equal((await client.check(id, pin)).status, '0');
say('check: 0, the right code');
const found = await client.search(id);
assert.equal(found.status, 'SUCCESS');
say(`search: ${found.status}`);

const metrics = await (await fetch(new URL('/metrics', server.adminUrl))).text();
const delivered = metrics.split('\n').find((line) => /^roger_receipts_total.*state="delivered"/.test(line));
assert.match(delivered ?? '', /matched="yes",route="demo".* 1$/);
say(delivered);
const listed = await roger(['route', 'list', '--data', server.data]);
assert.equal(listed.code, 0, listed.stderr);
say(listed.stdout.trim());
await server.stop();
await smsc.stop();
say('done');
process.exit(0);
