// "The phone rings and the PIN is heard": starts a server, has it call the sandbox's phones in several languages, voices
// and lengths, fetches what is heard in each call, sends it through the codes of telephony, and has a recogniser of
// digits listen (tests/voice/hear). Exit 1 when less than 98 in 100 are heard exactly as they were said.
//   node tests/voice/heard.mjs --languages en,de --each 2        so many calls of each language, voice and length
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { basic } from '../e2e/support/call.mjs';
import { Server, temporaryDirectory } from '../e2e/support/server.mjs';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const locales = {
    en: ['en-us', 'en-gb'],
    de: ['de-de'],
    es: ['es-es', 'es-mx'],
    fr: ['fr-fr', 'fr-ca'],
    ru: ['ru-ru'],
    zh: ['zh-cn', 'zh-tw'],
};
const share = 0.98;

function option(name, otherwise) {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
}
const languages = option('languages', Object.keys(locales).join(',')).split(',');
const each = Number(option('each', '1'));
for (const language of languages) if (!locales[language]) throw new Error(`no language '${language}' here`);

/** One call: the sandbox's phone is rung, and what would be heard is written to a file as the code carries it. */
async function call(server, directory, { locale, voice, length, code }) {
    const parameters = { lg: locale, voice, code_length: String(length), workflow_id: '7' };
    const id = await server.begin({ number: server.number(), ...parameters });
    const [message] = await server.messages({ request_id: id });
    const answer = await fetch(server.url + message.audio_url, {
        headers: { Authorization: basic(server.key, server.secret) },
    });
    if (answer.status !== 200) throw new Error(`${locale} ${voice}: HTTP ${answer.status} ${await answer.text()}`);
    const plain = path.join(directory, `${id}.wav`);
    const coded = path.join(directory, `${id}-${code}.wav`);
    fs.writeFileSync(plain, Buffer.from(await answer.arrayBuffer()));
    await run('sox', [plain, '-e', code, coded]);
    return { file: coded, pin: message.pin, what: `${locale} ${voice} ${code}` };
}

const server = await Server.start();
const directory = temporaryDirectory('roger-heard');
let right = 0;
let all = 0;
for (const language of languages) {
    const calls = [];
    for (let n = 0; n < each; ++n) {
        for (const voice of ['female', 'male']) {
            for (const length of [4, 6]) {
                const locale = locales[language][n % locales[language].length];
                const code = (calls.length + n) % 2 ? 'mu-law' : 'a-law';
                calls.push(await call(server, directory, { locale, voice, length, code }));
            }
        }
    }
    const files = calls.map(({ file }) => file);
    const { stdout } = await run(path.join(here, 'hear'), [...files, '--lg', language, '--all'], { maxBuffer: 1 << 24 });
    const heard = stdout.trim().split('\n');
    let good = 0;
    calls.forEach(({ pin, what }, n) => {
        const times = heard[n].split(' ');
        if (times.length === 2 && times.every((digits) => digits === pin)) ++good;
        else console.log(`${what}: said ${pin} twice, heard ${heard[n]}`);
    });
    console.log(`${language}: ${good} of ${calls.length}`);
    right += good;
    all += calls.length;
}
await server.stop();
console.log(`heard exactly: ${right} of ${all}`);
process.exit(all > 0 && right >= share * all ? 0 : 1);
