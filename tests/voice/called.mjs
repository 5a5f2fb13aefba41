// "The phone rings and the PIN is heard", over a trunk: two phones (Debian's baresip, one for each code of telephony)
// answer and record calls in several languages, voices and lengths, and a recogniser of digits listens (tests/voice/hear).
// Exit 1 when less than 98 in 100 are heard exactly as they were said.
//   node tests/voice/called.mjs --languages en,de --each 2       so many calls of each language, voice and length
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { route } from '../e2e/support/admin.mjs';
import { Server, poll } from '../e2e/support/server.mjs';
import { Baresip } from './baresip.mjs';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const locales = { en: 'en-gb', de: 'de-de', es: 'es-es', fr: 'fr-fr', ru: 'ru-ru', zh: 'zh-cn' };
const share = 0.98;
const apart = 1_100; // ms between calls to one phone: it names its recordings by the second

function option(name, otherwise) {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
}
const languages = option('languages', Object.keys(locales).join(',')).split(',');
const each = Number(option('each', '1'));
for (const language of languages) if (!locales[language]) throw new Error(`no language '${language}' here`);

const calls = [];
for (const language of languages) {
    for (let n = 0; n < each; ++n) {
        for (const voice of ['female', 'male']) {
            for (const length of [4, 6]) {
                const number = `4477009${String(10_000 + calls.length)}`;
                calls.push({ number, language, voice, length, phone: calls.length % 2 });
            }
        }
    }
}
const codecs = ['PCMA', 'PCMU'];
const phones = [];
for (const codec of codecs) {
    const numbers = calls.filter(({ phone }) => phone === phones.length).map(({ number }) => number);
    phones.push(await Baresip.start({ numbers, codec }));
}
const routes = phones.map(
    ({ port }, n) => `[[route]]
name = "${codecs[n].toLowerCase()}"
kind = "sip"
uri = "sip:127.0.0.1:${port};transport=udp"
codecs = ["${codecs[n]}"]
prefixes = [${calls.filter(({ phone }) => phone === n).map(({ number }) => `"${number}"`).join(', ')}]
`,
);
const server = await Server.start({ config: `${routes.join('\n')}\n[voice]\nrepeat = 1\n` });
for (const codec of codecs) {
    const name = codec.toLowerCase();
    await poll(async () => ((await route(server, name)).up ? true : undefined), `${name} is up`);
}

/** A disk that stalls for a second has starts refused with status 1; then they come again, as clients do. */
async function begin(parameters) {
    for (let tries = 0; ; ++tries) {
        const { body, headers } = await server.v1('start', parameters);
        if (body.status === '0') return;
        if (body.status !== '1' || tries === 5) throw new Error(JSON.stringify(body));
        await new Promise((done) => setTimeout(done, 1_000 * Number(headers['retry-after'])));
    }
}
for (const call of calls) {
    // The server tells nobody what it says over a trunk, so the PIN is ours.
    call.pin = String(crypto.randomInt(10 ** call.length)).padStart(call.length, '0');
    const parameters = { lg: locales[call.language], voice: call.voice, pin_code: call.pin, workflow_id: '7' };
    await begin({ number: call.number, brand: 'Acme', ...parameters });
    await new Promise((done) => setTimeout(done, apart / 2));
}
const ended = async () => {
    const metrics = await (await fetch(new URL('/metrics', server.adminUrl))).text();
    return [...metrics.matchAll(/^roger_calls_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
};
await poll(async () => ((await ended()) === calls.length ? true : undefined), 'every call is over', { deadlineMs: 120_000 });
await new Promise((done) => setTimeout(done, 1_000)); // the phones close their files

let right = 0;
for (const language of languages) {
    const ours = calls.filter((call) => call.language === language);
    const files = ours.map((call) => {
        const order = calls.filter(({ phone }) => phone === call.phone).indexOf(call);
        return phones[call.phone].recordings()[order];
    });
    const { stdout } = await run(path.join(here, 'hear'), [...files, '--lg', language, '--all'], { maxBuffer: 1 << 24 });
    const heard = stdout.trim().split('\n');
    let good = 0;
    ours.forEach(({ pin, voice, phone }, n) => {
        const times = heard[n].split(' ');
        if (times.length === 2 && times.every((digits) => digits === pin)) ++good;
        else console.log(`${language} ${voice} ${codecs[phone]}: said ${pin} twice, heard ${heard[n]}`);
    });
    console.log(`${language}: ${good} of ${ours.length}`);
    right += good;
}
await server.stop();
phones.forEach((phone) => phone.stop());
console.log(`heard exactly: ${right} of ${calls.length}`);
process.exit(right >= share * calls.length ? 0 : 1);
