// SMS gateways in this process. Each takes only what the reference of its API has, byte by byte, answers as it does, and
// sends its receipts to the URL that it was told, or that its operator has set.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';

import { basic } from './call.mjs';
import { poll } from './server.mjs';

export const publicUrl = 'https://roger.example';

const hmac = (kind, secret, text, form) => crypto.createHmac(kind, secret).update(text).digest(form);
/** As RFC 3986 has it: encodeURIComponent leaves some characters more. */
const encoded = (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const form = (pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');

export class Gateway {
    /** @param {string} name  of the route */
    static async start(name) {
        const gateway = new this(name);
        await new Promise((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
        gateway.port = gateway.server.address().port;
        return gateway;
    }

    constructor(name) {
        this.name = name;
        this.messages = []; // {id, to, from, text, callback}, oldest first
        this.mistakes = []; // what was not as the reference has it
        this.requests = 0;
        this.answer = undefined; // (message) => {status, body, headers}, instead of the API's own answer
        this.ahead = undefined; // (message) => what is waited for before it is answered
        this.server = http.createServer((request, response) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => this.#take(request, response, Buffer.concat(chunks).toString('utf8')));
        });
    }

    get url() {
        return `http://127.0.0.1:${this.port}`;
    }

    async #take(request, response, body) {
        ++this.requests;
        let said;
        try {
            said = this.take(request, body);
        } catch (error) {
            this.mistakes.push(error.message);
            said = { status: 400, body: '{}' };
        }
        if (said === undefined) return; // never answered
        await this.ahead?.(this.messages.at(-1));
        response.writeHead(said.status ?? 200, { 'Content-Type': 'application/json', ...said.headers });
        response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
    }

    /** Keeps a message that was sent as it should be. @returns {object} what is answered */
    keep(message, answer) {
        message.id = this.newId();
        this.messages.push(message);
        return this.answer ? this.answer(message) : answer(message);
    }

    newId() {
        return crypto.randomBytes(16).toString('hex').toUpperCase();
    }

    async to(number) {
        const found = () => this.messages.find((message) => message.to === number);
        const message = await poll(() => (this.mistakes.length > 0 ? null : found()), `a message to ${number}`);
        assert.deepEqual(this.mistakes, []);
        return message;
    }

    /** What a reverse proxy does: the public URL, on the server's own port. */
    async call(server, url, { method = 'POST', headers = {}, body } = {}) {
        assert.ok(url.startsWith(`${publicUrl}/callbacks/${this.name}`), url);
        const answer = await server.send(url.slice(publicUrl.length), { method, headers, body });
        return answer.http;
    }

    stop() {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }

    lines(...more) {
        const own = [`name = "${this.name}"`, 'kind = "http"', 'sender = "ACME"', 'price = "0.0350"'];
        return ['[[route]]', ...own, 'allow_private = true', ...more, ''].join('\n');
    }
}

const formType = 'application/x-www-form-urlencoded';

function assertHeaders(request, wanted) {
    for (const [name, value] of Object.entries(wanted)) assert.equal(request.headers[name], value, name);
    // What node adds to those that it was sent, and nothing that would tell who we are.
    const others = ['host', 'content-length', 'connection'];
    const more = Object.keys(request.headers).filter((name) => !(name in wanted) && !others.includes(name));
    assert.deepEqual(more, [], 'no other headers');
}

/** Vonage SMS API: definitions/sms.yml of its api-specification. */
export class Vonage extends Gateway {
    signatureSecret = 'vonage-signature-secret';

    take(request, body) {
        assert.equal(`${request.method} ${request.url}`, 'POST /sms/json');
        assertHeaders(request, { 'content-type': formType, accept: 'application/json' });
        const given = new URLSearchParams(body);
        assert.equal(body, form([...given]), 'each pair encoded, in its order');
        const names = [...given.keys()].filter((name) => name !== 'type');
        assert.deepEqual(names, ['api_key', 'api_secret', 'from', 'to', 'text', 'ttl', 'client-ref', 'callback']);
        assert.deepEqual([given.get('api_key'), given.get('api_secret')], ['abcd1234', 'abcdef0123456789']);
        assert.match(given.get('to'), /^\d{7,15}$/);
        assert.match(given.get('client-ref'), /^.{1,40}$/);
        const ttl = Number(given.get('ttl'));
        assert.ok(Number.isInteger(ttl) && ttl >= 20_000 && ttl <= 604_800_000, `ttl ${ttl}`);
        const text = given.get('text');
        assert.equal(given.get('type'), /[^\x20-\x7e\n€£Øøäöüéèà]/.test(text) ? 'unicode' : null);
        const message = { to: given.get('to'), from: given.get('from'), text, callback: given.get('callback') };
        return this.keep(message, ({ id, to }) => {
            const part = { to, 'message-id': id, status: '0', 'remaining-balance': '3.14159265' };
            const paid = { ...part, 'message-price': '0.03330000', network: '23410' };
            return { body: { 'message-count': '1', messages: [paid] } };
        });
    }

    receipt(message, status, { sign = true, forge = {} } = {}) {
        const given = {
            msisdn: message.to,
            to: message.from,
            'network-code': '23410',
            messageId: message.id,
            price: '0.03330000',
            status,
            scts: '2001011400',
            'err-code': status === 'delivered' ? '0' : '1',
            'api-key': 'abcd1234',
            'message-timestamp': '2020-01-01 14:00:00',
            timestamp: String(Math.floor(Date.now() / 1000)),
            nonce: crypto.randomUUID(),
        };
        const sorted = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
        const base = sorted.map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`).join('');
        const sig = sign ? { sig: hmac('sha256', this.signatureSecret, base, 'hex').toUpperCase() } : {};
        return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...given, ...sig, ...forge }) };
    }

    route() {
        return this.lines(
            'profile = "vonage"',
            `base_url = "${this.url}"`,
            'user = "abcd1234"',
            'secret = "abcdef0123456789"',
            `signature_secret = "${this.signatureSecret}"`,
        );
    }
}

/** Twilio Messages resource, 2010-04-01. */
export class Twilio extends Gateway {
    sid = 'AC0123456789abcdef0123456789abcdef';
    token = 'twilio-auth-token-0123456789abcd';

    newId() {
        return `SM${crypto.randomBytes(16).toString('hex')}`;
    }

    take(request, body) {
        assert.equal(`${request.method} ${request.url}`, `POST /2010-04-01/Accounts/${this.sid}/Messages.json`);
        const authorization = basic(this.sid, this.token);
        assertHeaders(request, { 'content-type': formType, accept: 'application/json', authorization });
        const given = new URLSearchParams(body);
        assert.equal(body, form([...given]), 'each pair encoded, in its order');
        assert.deepEqual([...given.keys()], ['To', 'From', 'Body', 'ValidityPeriod', 'StatusCallback']);
        assert.match(given.get('To'), /^\+[1-9]\d{6,14}$/);
        const validity = Number(given.get('ValidityPeriod'));
        assert.ok(Number.isInteger(validity) && validity >= 1 && validity <= 36_000, `ValidityPeriod ${validity}`);
        const [to, from, text, callback] = ['To', 'From', 'Body', 'StatusCallback'].map((name) => given.get(name));
        return this.keep({ to: to.slice(1), from, text, callback }, ({ id }) => ({
            status: 201,
            body: {
                account_sid: this.sid,
                api_version: '2010-04-01',
                body: text,
                direction: 'outbound-api',
                error_code: null,
                error_message: null,
                from,
                num_segments: '1',
                sid: id,
                status: 'queued',
                to,
                uri: `/2010-04-01/Accounts/${this.sid}/Messages/${id}.json`,
            },
        }));
    }

    receipt(message, status, { token = this.token } = {}) {
        const given = Object.entries({
            SmsSid: message.id,
            SmsStatus: status,
            MessageStatus: status,
            To: `+${message.to}`,
            MessageSid: message.id,
            AccountSid: this.sid,
            From: message.from,
            ApiVersion: '2010-04-01',
            ...(status === 'undelivered' && { ErrorCode: '30003' }),
        });
        const sorted = [...given].sort(([a], [b]) => (a < b ? -1 : 1));
        const base = message.callback + sorted.map(([name, value]) => name + value).join('');
        const headers = { 'Content-Type': formType, 'X-Twilio-Signature': hmac('sha1', token, base, 'base64') };
        return { headers, body: new URLSearchParams(given).toString() };
    }

    route() {
        return this.lines(
            'profile = "twilio"',
            `base_url = "${this.url}"`,
            `user = "${this.sid}"`,
            `secret = "${this.token}"`,
        );
    }
}

/** Infobip SMS API v3: POST /sms/3/messages. */
export class Infobip extends Gateway {
    key = 'infobip-api-key-0123456789';

    take(request, body) {
        assert.equal(`${request.method} ${request.url}`, 'POST /sms/3/messages');
        const type = 'application/json';
        assertHeaders(request, { 'content-type': type, accept: type, authorization: `App ${this.key}` });
        const given = JSON.parse(body);
        const [one] = given.messages;
        const [destination] = one.destinations;
        const { sender, content, webhooks } = one;
        const again = {
            messages: [
                {
                    sender,
                    destinations: [{ to: destination.to, messageId: destination.messageId }],
                    content: { text: content.text },
                    webhooks: { delivery: { url: webhooks.delivery.url }, contentType: 'application/json' },
                },
            ],
        };
        assert.equal(body, JSON.stringify(again), 'these members, in this order');
        assert.match(destination.to, /^\d{7,15}$/);
        this.newId = () => destination.messageId;
        const message = { to: destination.to, from: sender, text: content.text, callback: webhooks.delivery.url };
        return this.keep(message, ({ id, to }) => {
            const status = { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED' };
            status.description = 'Message sent to next instance';
            return { body: { bulkId: '2034072219640523072', messages: [{ messageId: id, status, destination: to }] } };
        });
    }

    receipt(message, groupName) {
        const groupId = { PENDING: 1, UNDELIVERABLE: 2, DELIVERED: 3, EXPIRED: 4, REJECTED: 5 }[groupName];
        const status = { groupId, groupName, id: 5, name: `${groupName}_TO_HANDSET`, description: groupName };
        const error = { groupId: 0, groupName: 'OK', id: 0, name: 'NO_ERROR', description: '', permanent: false };
        const result = { bulkId: '1', messageId: message.id, to: message.to, sender: message.from, messageCount: 1 };
        const results = [{ ...result, price: { pricePerMessage: 0, currency: 'EUR' }, status, error }];
        return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ results }) };
    }

    route() {
        return this.lines('profile = "infobip"', `base_url = "${this.url}"`, `secret = "${this.key}"`);
    }
}

/** 46elks, for which there is no profile: 46elks.com/docs/send-sms and /docs/sms-delivery-reports. */
export class Elks extends Gateway {
    newId() {
        return `s${crypto.randomBytes(16).toString('hex')}`;
    }

    take(request, body) {
        assert.equal(`${request.method} ${request.url}`, 'POST /a1/sms');
        assert.equal(request.headers['content-type'], formType);
        assert.equal(request.headers.authorization, basic('elks-user', 'elks-password'));
        const given = new URLSearchParams(body);
        assert.deepEqual([...given.keys()].sort(), ['from', 'message', 'to', 'whendelivered']);
        assert.match(given.get('to'), /^\+\d{7,15}$/);
        const [to, from, text, callback] = ['to', 'from', 'message', 'whendelivered'].map((name) => given.get(name));
        return this.keep({ to: to.slice(1), from, text, callback }, ({ id }) => ({
            body: { status: 'created', direction: 'outgoing', from, parts: 1, to, cost: 3500, message: text, id },
        }));
    }

    receipt(message, status) {
        const pairs = [['id', message.id], ['status', status]];
        if (status === 'delivered') pairs.push(['delivered', '2026-01-01T00:00:01.234567']);
        return { headers: { 'Content-Type': formType }, body: new URLSearchParams(pairs).toString() };
    }

    route() {
        return this.lines(
            `url = "${this.url}/a1/sms"`,
            `headers = { "Content-Type" = "${formType}" }`,
            'auth = { kind = "basic", user = "elks-user", secret = "elks-password" }',
            "body = 'from=${sender|urlencode}&to=%2B${number|urlencode}&message=${text|urlencode}" +
                "&whendelivered=${callback_url|urlencode}'",
            'success = { pointer = "/direction", equals = "outgoing" }',
            'message_id_pointer = "/id"',
            'receipt = { id = "/id", state = "/status", delivered = ["delivered"], failed = ["failed"] }',
        );
    }
}

/** An API of one's own: JSON, bearer token, signed receipts to a URL that its operator has set. */
export class OwnApi extends Gateway {
    token = 'own-bearer-token';
    receiptSecret = 'own-receipt-secret';

    take(request, body) {
        assert.equal(`${request.method} ${request.url}`, 'POST /send');
        assert.equal(request.headers.authorization, `Bearer ${this.token}`);
        const given = JSON.parse(body);
        assert.equal(body, JSON.stringify({ to: given.to, text: given.text, ref: given.ref }));
        assert.match(given.ref, /^[0-9a-f]{32}$/);
        const message = { to: given.to, text: given.text, callback: `${publicUrl}/callbacks/${this.name}` };
        return this.keep(message, ({ id }) => ({ status: 202, body: { ok: true, message: { id } } }));
    }

    receipt(message, state, { secret = this.receiptSecret } = {}) {
        const body = JSON.stringify({ id: message.id, state });
        const headers = { 'Content-Type': 'application/json', 'X-Signature': hmac('sha256', secret, body, 'hex') };
        return { headers, body };
    }

    route(more = '') {
        return this.lines(
            `url = "${this.url}/send"`,
            'headers = { "Content-Type" = "application/json" }',
            `auth = { kind = "bearer", secret = "${this.token}" }`,
            'body = \'{"to":"${number|json}","text":"${text|json}","ref":"${reference|json}"}\'',
            'success = { status = [200, 202], pointer = "/ok", equals = "true" }',
            'message_id_pointer = "/message/id"',
            'error_pointer = "/error"',
            'errors = { "bad-number" = "refused_number", "busy" = "throttled" }',
            'receipt = { id = "/id", state = "/state", delivered = ["DELIVRD"], failed = ["UNDELIV"], ' +
                `signature_secret = "${this.receiptSecret}" }`,
            more,
        );
    }
}
