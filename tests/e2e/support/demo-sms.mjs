// What script/demo-sms shows: node demo-sms.mjs [--tls]
import assert from 'node:assert/strict';

import { Authority } from './certificates.mjs';
import { clients } from './clients.mjs';
import { Server, poll, roger } from './server.mjs';
import { Smsc } from './smsc.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const tls = process.argv.includes('--tls');

const authority = tls ? await Authority.make('Demo CA') : undefined;
const smsc = await Smsc.start({ tls: await authority?.sign('localhost') });
say(`an SMSC on 127.0.0.1:${smsc.port}${tls ? ', over TLS' : ''}`);

const tlsLine = tls ? `tls = { enabled = true, ca_file = "${authority.file}", server_name = "localhost" }` : '';
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
const story = await roger(['request', 'show', id, '--data', server.data]);
assert.match(story.stdout, /^event 1: sms delivered over demo, attempt 1 of 3$/m, story.stderr);
say(story.stdout.trim().replace(/^/gm, '    '));

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
