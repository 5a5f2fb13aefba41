// A program of its own, for Node reads NODE_EXTRA_CA_CERTS only when it starts:
//   node walk.mjs CLIENT URL KEY SECRET
// One client library goes through a verification. Ends with 0, or says what was different.
import assert from 'node:assert/strict';

import { basic } from './call.mjs';
import { clients } from './clients.mjs';
import { wrongCode } from './server.mjs';

const [name, url, key, secret] = process.argv.slice(2);
const chosen = clients.find((each) => each.name === name) ?? assert.fail(`no client ${name}`);
const client = await chosen.connect({ url, key, secret });

const number = '447700900123';
const { request_id: id, status } = await client.start({ number, brand: 'Acme' });
assert.equal(status, '0');
assert.match(id, /^[0-9a-f]{32}$/);
const answer = await fetch(new URL(`/sandbox/messages?request_id=${id}`, url), {
    headers: { Authorization: basic(key, secret) },
});
const [{ pin }] = await answer.json();
assert.equal((await client.check(id, wrongCode(pin))).status, '16');
assert.equal((await client.cancel(id)).status, '19');
assert.equal((await client.check(id, pin)).status, '0');
const found = await client.search(id);
assert.equal(found.status, 'SUCCESS');
assert.equal(found.number, number);
