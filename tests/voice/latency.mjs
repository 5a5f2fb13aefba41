// How long it takes from a start, whose first event is a call, to the INVITE on the wire: before and after the words of
// its language have been spoken once. Usage: latency.mjs [ROUNDS]; prints milliseconds, judges nothing.
import process from 'node:process';

import { Server, poll } from '../e2e/support/server.mjs';
import { SipPeer } from '../e2e/support/sip-peer.mjs';

const locales = ['en-gb', 'en-us', 'de-de', 'fr-fr', 'es-es', 'it-it', 'pt-br', 'ru-ru', 'nl-nl', 'pl-pl', 'sv-se', 'tr-tr'];
const rounds = Number(process.argv[2] ?? 5);

const arrived = new Map(); // number → when its INVITE came
const peer = await SipPeer.start({
    script: (call) => {
        arrived.set(call.number, performance.now());
        call.reply('603 Decline');
    },
});
const server = await Server.start({ config: peer.route('trunk-a') });
await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'a usable route');

async function once(lg) {
    const number = server.number();
    const began = performance.now();
    await server.begin({ number, workflow_id: '7', lg });
    await poll(() => (arrived.has(number) ? true : undefined), 'the INVITE', { everyMs: 5 });
    return arrived.get(number) - began;
}
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
function tell(what, times) {
    const sorted = times.sort((a, b) => a - b);
    process.stdout.write(`${what}: ${sorted.length} calls, ms: p50 ${at(sorted, 0.5)}, p95 ${at(sorted, 0.95)}, most ${at(sorted, 1)}\n`);
}

const first = [];
for (const lg of locales) first.push(await once(lg));
tell('words not spoken before', first);
// Ten digits of each language are learnt on the way.
for (const lg of locales) for (let n = 0; n < 4; ++n) await once(lg);
const later = [];
for (let n = 0; n < rounds; ++n) for (const lg of locales) later.push(await once(lg));
tell('words spoken before', later);
await server.stop();
peer.stop();
process.exit(0);
