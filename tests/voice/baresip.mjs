// A phone: Debian's baresip, which answers every call by itself and records what it hears.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';

import { poll, run, temporaryDirectory } from '../e2e/support/server.mjs';

const modules = '/usr/lib/baresip/modules';

/** A UDP port that was free a moment ago. */
async function freePort() {
    const socket = dgram.createSocket('udp4');
    await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    await new Promise((resolve) => socket.close(resolve));
    return port;
}

export class Baresip {
    /** @param {{numbers: string[], codec?: 'PCMA'|'PCMU'}} options  numbers: digits that it answers, any other is 404 */
    static async start({ numbers, codec = 'PCMA' }) {
        const phone = new Baresip();
        phone.directory = temporaryDirectory('roger-baresip');
        phone.recorded = path.join(phone.directory, 'recorded');
        fs.mkdirSync(phone.recorded);
        phone.port = await freePort();
        const silence = path.join(phone.directory, 'silence.wav');
        await run('sox', ['-n', '-r', '8000', '-c', '1', '-b', '16', silence, 'trim', '0', '60']);
        fs.writeFileSync(
            path.join(phone.directory, 'config'),
            `sip_listen 127.0.0.1:${phone.port}
call_max_calls ${numbers.length + 1}
audio_source aufile,${silence}
audio_player aufile,${path.join(phone.directory, 'played.wav')}
audio_alert aufile,/dev/null
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
jitter_buffer_delay 5-10
rtp_ports 32000-33999
module_path ${modules}
module g711.so
module aufile.so
module sndfile.so
module_app account.so
module_app contact.so
module_app menu.so
snd_path ${phone.recorded}
`,
        );
        const accounts = numbers.map((number) => {
            return `<sip:${number}@127.0.0.1>;regint=0;answermode=auto;audio_codecs=${codec.toLowerCase()}\n`;
        });
        fs.writeFileSync(path.join(phone.directory, 'accounts'), accounts.join(''));
        fs.writeFileSync(path.join(phone.directory, 'contacts'), '');
        const log = fs.openSync(path.join(phone.directory, 'log'), 'w');
        phone.child = spawn('baresip', ['-f', phone.directory], { stdio: ['ignore', log, log] });
        process.on('exit', () => phone.child.kill('SIGKILL'));
        await poll(() => (/ready/.test(phone.log()) ? true : undefined), 'baresip is ready');
        return phone;
    }
    log() {
        return fs.readFileSync(path.join(this.directory, 'log'), 'utf8');
    }
    /** The files of calls that have ended, oldest first. */
    recordings() {
        const files = fs.readdirSync(this.recorded).filter((name) => name.endsWith('-dec.wav'));
        return files.map((name) => path.join(this.recorded, name)).sort();
    }
    stop() {
        this.child.kill('SIGTERM');
    }
}
