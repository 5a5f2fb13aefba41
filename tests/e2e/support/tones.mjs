// Recordings that a program can tell apart: each digit a tone of its own, and a listener that reads them back.
import http from 'node:http';

const RATE = 8000;
const welcome = 2000; // Hz
const bye = 2500;
const pitchOf = (digit) => 400 + 120 * digit;

function tone(hertz, seconds = 0.3) {
    const samples = Buffer.alloc(2 * Math.round(RATE * seconds));
    for (let i = 0; i < samples.length / 2; ++i) {
        samples.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hertz * i) / RATE)), 2 * i);
    }
    return wav(samples);
}

/** @param {Buffer} samples 16-bit linear, 8 kHz */
function wav(samples) {
    const head = Buffer.alloc(44);
    head.write('RIFF', 0, 'latin1');
    head.writeUInt32LE(36 + samples.length, 4);
    head.write('WAVEfmt ', 8, 'latin1');
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(RATE, 24);
    head.writeUInt32LE(2 * RATE, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36, 'latin1');
    head.writeUInt32LE(samples.length, 40);
    return Buffer.concat([head, samples]);
}

/** A server of recordings: /0.wav … /9.wav, /welcome.wav, /bye.wav, and whatever `others` has by path. */
export async function serveTones(others = {}) {
    const server = http.createServer((request, response) => {
        const name = request.url.slice(1).replace(/\.wav$/, '');
        if (others[request.url]) return others[request.url](response);
        const hertz = /^\d$/.test(name) ? pitchOf(Number(name)) : { welcome, bye }[name];
        if (hertz === undefined) return response.writeHead(404).end();
        response.writeHead(200, { 'Content-Type': 'audio/wav' }).end(tone(hertz));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const at = (name) => `http://127.0.0.1:${server.address().port}/${name}`;
    const body = { action_type: 'voice', lg: 'en-gb', welcome_message: at('welcome.wav'), bye_message: at('bye.wav') };
    for (let digit = 0; digit < 10; ++digit) body[`digit_${digit}`] = at(`${digit}.wav`);
    return { template: body, at, stop: () => server.close() };
}

/** What is heard in 16-bit samples at 8 kHz: 'welcome', digits, 'bye', in their order. */
export function hear(samples) {
    const frame = RATE / 100;
    const found = [];
    let run = [];
    const end = () => {
        // Of a steady tone, not its edges.
        if (run.length > 10) found.push(nameOf(run.slice(3, -3).flat()));
        run = [];
    };
    for (let at = 0; at + frame <= samples.length; at += frame) {
        const part = Array.from(samples.subarray(at, at + frame));
        if (Math.max(...part.map(Math.abs)) > 1000) run.push(part);
        else end();
    }
    end();
    return found;
}

function nameOf(samples) {
    let crossings = 0;
    for (let i = 1; i < samples.length; ++i) if (samples[i - 1] < 0 !== samples[i] < 0) crossings += 1;
    const hertz = (crossings * RATE) / (2 * samples.length);
    const all = [...Array(10).keys()].map((digit) => [String(digit), pitchOf(digit)]);
    all.push(['welcome', welcome], ['bye', bye]);
    all.sort(([, a], [, b]) => Math.abs(a - hertz) - Math.abs(b - hertz));
    return all[0][0];
}

/** @param {Buffer} bytes of a WAV file as the server writes it */
export function samplesOf(bytes) {
    const data = bytes.subarray(44);
    return Int16Array.from({ length: data.length / 2 }, (_, i) => data.readInt16LE(2 * i));
}

/** A-law (ITU-T G.711), as it comes in RTP. */
export function fromALaw(codes) {
    return Int16Array.from(codes, (code) => {
        const toggled = code ^ 0x55;
        const exponent = (toggled >> 4) & 7;
        const mantissa = toggled & 15;
        const value = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
        return toggled & 0x80 ? value : -value;
    });
}
