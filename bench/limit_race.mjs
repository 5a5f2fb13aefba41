// How many starts of a number pass when 64 clients with accounts of their own try at once: never more, never fewer than
// its window has. Usage: node bench/limit_race.mjs [TRIES]      (100 000; the binary: ROGER_BIN, else build/release/roger)
import process from 'node:process';

import { Server } from '../tests/e2e/support/server.mjs';

const tries = Number(process.argv[2] ?? 100_000);
const clients = 64;
const triesPerNumber = 320; // done within the 30 s of the window
const limit = 2;

const server = await Server.start({ config: '[guard]\nsandbox = "enforce"\n', connections: clients });
const accounts = [];
for (let i = 0; i < clients; ++i) accounts.push(await server.account('--rate', '0'));

const counts = {};
let wrong = 0;
let slow = 0;
const began = Date.now();
for (let number = 0; number < tries / triesPerNumber; ++number) {
    const to = `1${200 + Math.floor(number / 100)}55501${String(number % 100).padStart(2, '0')}`;
    let started = 0;
    const numberBegan = Date.now();
    const client = async (account) => {
        for (let i = 0; i < triesPerNumber / clients; ++i) {
            const { body } = await server.v1('start', { number: to, brand: 'Race' }, { account });
            counts[body.status] = (counts[body.status] ?? 0) + 1;
            if (body.status === '0') ++started;
        }
    };
    await Promise.all(accounts.map(client));
    if (Date.now() - numberBegan > 29_000) ++slow;
    else if (started !== limit) ++wrong;
}
const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
process.stdout.write(
    `${total} tries by ${clients} clients in ${((Date.now() - began) / 1000).toFixed(0)} s: ${JSON.stringify(counts)}; ` +
        `numbers with other than ${limit} starts: ${wrong}, too slow to judge: ${slow}\n`,
);
await server.stop();
process.exit(wrong === 0 && slow === 0 ? 0 : 1);
