// A SIP trunk in this process, over UDP, TCP or TLS: answers each INVITE as it is told, hears speech, and keeps what was
// said to it. Small on purpose: it shares no code and no library with what it tests.
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';

import { poll } from './server.mjs';

const header = (message, name) => new RegExp(`^${name}: (.*)\r$`, 'mi').exec(message)?.[1] ?? '';
const silence = new Set([0xd5, 0xff]); // of A-law and µ-law

function digest(algorithm, { user, realm, password, method, uri, nonce, fields }) {
    const hash = (text) => crypto.createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex');
    const ha1 = hash(`${user}:${realm}:${password}`);
    const ha2 = hash(`${method}:${uri}`);
    return hash(`${ha1}:${nonce}:${fields.nc}:${fields.cnonce}:auth:${ha2}`);
}

export class SipPeer {
    /**
     * @param {{transport?: 'udp'|'tcp'|'tls', certificate?: {key: Buffer, cert: Buffer}, script?: Function}} options
     *   script: (call) => what to do with an INVITE; the default rings and answers
     */
    static async start({ transport = 'udp', certificate, script } = {}) {
        const peer = new SipPeer();
        peer.transport = transport;
        peer.script = script ?? ((call) => call.ring().answer());
        peer.calls = []; // a call for each Call-ID, in order
        peer.requests = []; // every request, as it came
        peer.tlsErrors = 0;
        await peer.#listen(certificate);
        return peer;
    }

    async #listen(certificate) {
        if (this.transport === 'udp') {
            this.socket = dgram.createSocket('udp4');
            this.socket.on('message', (bytes, from) => {
                this.#take(bytes.toString(), (text) => this.socket.send(text, from.port, from.address));
            });
            await new Promise((done) => this.socket.bind(0, '127.0.0.1', done));
        } else {
            const connected = (stream) => {
                let read = '';
                stream.on('error', () => {});
                stream.on('data', (bytes) => {
                    read += bytes;
                    for (;;) {
                        const end = read.indexOf('\r\n\r\n') + 4;
                        const whole = end + Number(header(read.slice(0, end), 'Content-Length') || 0);
                        if (end < 4 || read.length < whole) return;
                        const message = read.slice(0, whole);
                        read = read.slice(whole);
                        this.#take(message, (text) => stream.write(text));
                    }
                });
            };
            this.socket = this.transport === 'tls' ? tls.createServer(certificate, connected) : net.createServer(connected);
            this.socket.on('tlsClientError', () => (this.tlsErrors += 1));
            await new Promise((done) => this.socket.listen(0, '127.0.0.1', done));
        }
        this.port = this.socket.address().port;
    }

    /** A [[route]] to it. */
    route(name, more = '', uri = `sip:127.0.0.1:${this.port};transport=${this.transport}`) {
        return `
[[route]]
name = "${name}"
kind = "sip"
uri = "${uri}"
caller_id = "+441632960000"
price = "0.0120"
${more}
`;
    }

    #take(message, send) {
        if (message.startsWith('SIP/2.0')) return;
        const method = message.slice(0, message.indexOf(' '));
        this.requests.push(message);
        const id = header(message, 'Call-ID');
        let call = this.calls.find((each) => each.id === id);
        if (method === 'INVITE') {
            const again = call?.invite && header(call.invite, 'CSeq') === header(message, 'CSeq');
            if (again) return;
            if (!call) this.calls.push((call = new PeerCall(this, id)));
            call.invite = message;
            call.send = send;
            this.script(call);
        } else if (method === 'BYE') {
            if (call) call.ended = 'bye';
            send(reply(message, '200 OK'));
        } else if (method === 'CANCEL') {
            send(reply(message, '200 OK'));
            call.ended = 'cancel';
            call.reply('487 Request Terminated');
        } else if (method === 'ACK' && call) {
            call.acknowledged = true;
        } else if (method === 'REGISTER') {
            send(reply(message, '200 OK', `Contact: ${header(message, 'Contact')};expires=600\r\n`));
        }
    }

    /** The next call to a number that has ended, or is in the state asked for. */
    call(number, when = (call) => call.ended) {
        return poll(() => this.calls.find((call) => call.number === number && when(call)), 'a call', {
            deadlineMs: 60_000,
        });
    }

    stop() {
        this.calls.forEach((call) => call.speech.close());
        this.socket.close();
    }
}

function reply(request, status, more = '', body = '') {
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(request, name)}\r\n`).join('');
    const to = header(request, 'To');
    const tag = /;tag=/.test(to) || status.startsWith('100') ? '' : ';tag=peer';
    return `SIP/2.0 ${status}\r\n${copied}To: ${to}${tag}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

class PeerCall {
    constructor(peer, id) {
        this.peer = peer;
        this.id = id;
        this.loud = 0; // frames that are not silence
        this.frames = 0;
        this.codes = []; // G.711, a frame each
        this.speech = dgram.createSocket('udp4');
        this.speech.on('message', (packet, from) => {
            this.frames += 1;
            this.codes.push(packet.subarray(12));
            this.from = from;
            if (!silence.has(packet[100])) this.loud += 1;
        });
        this.bound = new Promise((done) => this.speech.bind(0, '127.0.0.1', done));
        this.bound.then(() => (this.speechPort = this.speech.address().port));
    }
    get number() {
        return /^INVITE sip:([^@]*)@/.exec(this.invite)[1];
    }
    header(name) {
        return header(this.invite, name);
    }
    reply(status, more, body) {
        this.send(reply(this.invite, status, more, body));
        return this;
    }
    ring() {
        return this.reply('180 Ringing');
    }
    answer({ events = true, codec = 8 } = {}) {
        this.bound.then(() => {
            const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${this.speechPort} RTP/AVP ${codec}${events ? ' 101\r\na=rtpmap:101 telephone-event/8000' : ''}\r\n`;
            const transport = this.peer.transport === 'udp' ? '' : `;transport=${this.peer.transport}`;
            const contact = `Contact: <sip:trunk@127.0.0.1:${this.peer.port}${transport}>\r\n`;
            this.reply('200 OK', `${contact}Content-Type: application/sdp\r\n`, sdp);
        });
        return this;
    }
    /** Asks for a password by digest; @returns whether this INVITE has the right one. */
    authorized({ user, password, algorithms = ['SHA-256', 'MD5'], proxy = false }) {
        const line = this.header(proxy ? 'Proxy-Authorization' : 'Authorization');
        if (!line) {
            const name = proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate';
            const lines = algorithms.map(
                (algorithm) => `${name}: Digest realm="trunk", nonce="n-${algorithm}", qop="auth", algorithm=${algorithm}\r\n`,
            );
            this.reply(proxy ? '407 Proxy Authentication Required' : '401 Unauthorized', lines.join(''));
            return false;
        }
        const fields = Object.fromEntries([...line.matchAll(/(\w+)="?([^",]*)"?/g)].map(([, name, value]) => [name, value]));
        const { nonce, realm, uri } = fields;
        const right = digest(fields.algorithm, { user, realm, password, method: 'INVITE', uri, nonce, fields });
        this.algorithm = fields.algorithm;
        if (fields.response !== right) this.reply('403 Forbidden');
        return fields.response === right;
    }
    /** Presses a key, as RFC 4733 says it. */
    press(event) {
        const packet = Buffer.from([0x80, 0x80 | 101, 0, 1, 0, 0, 1, 0, 0, 0, 0, 9, event, 0x8a, 3, 0x20]);
        this.speech.send(packet, this.from.port, this.from.address);
    }
}
