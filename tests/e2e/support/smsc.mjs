// An SMSC in this process (npm smpp): takes what is submitted, answers and sends receipts as it is told, and sends those
// that were not acknowledged again after the next bind, as SMSCs do.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { poll } from './server.mjs';

const smpp = createRequire(import.meta.url)('smpp');

export const status = {
    ok: 0,
    throttled: smpp.ESME_RTHROTTLED,
    queueFull: smpp.ESME_RMSGQFUL,
    invalidDestination: smpp.ESME_RINVDSTADR,
    bindFailed: smpp.ESME_RBINDFAIL,
    alreadyBound: smpp.ESME_RALYBND,
};

export function pinIn(text) {
    const [pin] = /\b\d{4,6}\b/.exec(text) ?? assert.fail(`no PIN in: ${text}`);
    return pin;
}

export class Smsc {
    /** @param {{tls?: {key: string, cert: string}, port?: number}} options */
    static async start(options = {}) {
        const smsc = new Smsc(options);
        await smsc.listen(options.port ?? 0);
        return smsc;
    }

    constructor({ tls, systemId = 'roger', password = 'secret' } = {}) {
        this.messages = []; // {id, to, from, text, at}, oldest first: all that was taken, answered or not
        this.byNumber = new Map(); // the same by their destination
        this.sessions = new Set(); // those that are bound
        this.binds = 0; // how many there ever were
        this.bindStatus = undefined; // what every bind is answered; undefined: as its password is
        this.receipts = new Map(); // by message id, until they are acknowledged
        this.acknowledged = 0;
        this.answer = () => ({ status: status.ok }); // of one message; undefined: never
        this.receipt = () => 'DELIVRD'; // its state; undefined: none
        this.delayMs = () => 0; // of the answer, and
        this.receiptDelayMs = () => 0; // of the receipt after it
        this.busy = 0; // answers and receipts that are still to come
        this.open = new Map(); // taken and not answered, with their session
        this.lastId = 0x3f00; // ids differ in decimal and in hexadecimal
        this.connections = new Set();
        this.server = smpp.createServer(tls ?? {}, (session) => {
            this.connections.add(session);
            session.on('close', () => {
                this.connections.delete(session);
                for (const [message, of] of this.open) if (of === session) this.open.delete(message);
            });
            session.on('error', () => session.destroy());
            session.on('bind_transceiver', (pdu) => {
                const good = pdu.system_id === systemId && pdu.password === password;
                const answer = this.bindStatus ?? (good ? status.ok : status.bindFailed);
                session.send(pdu.response({ command_status: answer, system_id: 'smsc' }));
                if (answer === status.ok) this.#bound(session);
            });
            session.on('submit_sm', (pdu) => this.#submitted(session, pdu));
            session.on('enquire_link', (pdu) => session.send(pdu.response()));
            session.on('unbind', (pdu) => {
                this.sessions.delete(session);
                session.send(pdu.response(), () => session.close());
            });
            session.on('close', () => this.sessions.delete(session));
        });
    }

    listen(port) {
        return new Promise((resolve, reject) => {
            this.server.on('error', reject);
            this.server.listen(port, '127.0.0.1', () => {
                this.port = this.server.address().port;
                resolve();
            });
        });
    }

    #bound(session) {
        ++this.binds;
        this.sessions.add(session);
        for (const [id, receipt] of this.receipts) this.#deliver(session, id, receipt);
    }

    #submitted(session, pdu) {
        const id = (++this.lastId).toString(16);
        const message = {
            id,
            to: pdu.destination_addr,
            from: pdu.source_addr,
            text: pdu.short_message.message,
            at: Date.now(),
        };
        const answer = this.answer(message);
        if (answer?.status === status.ok || answer === undefined) this.#take(message);
        this.open.set(message, session);
        if (answer === undefined) return;
        const good = answer.status === status.ok;
        this.#after(this.delayMs(message), () => {
            const bound = this.open.delete(message); // or the connection has gone meanwhile
            if (bound) session.send(pdu.response({ command_status: answer.status, message_id: good ? id : '' }));
            if (good) this.#after(this.receiptDelayMs(message), () => this.sendReceipt(message));
        });
    }

    #take(message) {
        this.messages.push(message);
        const copies = this.byNumber.get(message.to) ?? [];
        copies.push(message);
        this.byNumber.set(message.to, copies);
    }

    #after(ms, work) {
        if (ms === 0) return work();
        ++this.busy;
        setTimeout(() => {
            --this.busy;
            work();
        }, ms);
        return undefined;
    }

    /** The messages that a number has got so far. */
    copies(number) {
        return this.byNumber.get(number) ?? [];
    }

    /** The receipt of a message, on any bind; kept until it is acknowledged. */
    sendReceipt(message, state = this.receipt(message)) {
        if (state === undefined) return;
        message.receipted = true;
        const text =
            `id:${message.id} sub:001 dlvrd:${state === 'DELIVRD' ? '001' : '000'} submit date:2601010000 ` +
            `done date:2601010001 stat:${state} err:000 text:`;
        const receipt = {
            esm_class: 4,
            source_addr: message.to,
            destination_addr: message.from,
            short_message: text,
        };
        this.receipts.set(message.id, receipt);
        const [session] = this.sessions;
        if (session) this.#deliver(session, message.id, receipt);
    }

    #deliver(session, id, receipt) {
        session.deliver_sm(receipt, (answer) => {
            if (answer.command_status !== status.ok || !this.receipts.delete(id)) return;
            ++this.acknowledged;
        });
    }

    /** A subscriber writes to us. @returns {Promise<number>} the status that it was acknowledged with */
    write(from, to, text) {
        const [session] = this.sessions;
        assert.ok(session, 'somebody is bound');
        return new Promise((resolve) => {
            session.deliver_sm({ source_addr: from, destination_addr: to, short_message: text }, (answer) =>
                resolve(answer.command_status),
            );
        });
    }

    /** The messages to a number, when there are that many. */
    async to(number, count = 1) {
        const found = () => {
            const all = this.copies(number);
            return all.length >= count ? all : undefined;
        };
        return poll(found, `${count} message(s) to ${number}`);
    }

    async pin(number) {
        return pinIn((await this.to(number))[0].text);
    }

    bound(count = 1) {
        return poll(() => (this.sessions.size >= count ? true : undefined), `${count} bind(s)`, { deadlineMs: 30_000 });
    }

    allAcknowledged() {
        return poll(() => (this.receipts.size === 0 ? true : undefined), 'every receipt acknowledged');
    }

    /** Every connection breaks at once, and no new one is taken. */
    async stop() {
        for (const session of this.connections) session.destroy();
        await new Promise((resolve) => this.server.close(resolve));
    }

    /** A [[route]] to this SMSC; `more` are lines of TOML. */
    route(name, more = '') {
        return [
            '[[route]]',
            `name = "${name}"`,
            'kind = "smpp"',
            'channel = "sms"',
            `hosts = ["127.0.0.1:${this.port}"]`,
            'system_id = "roger"',
            'password = "secret"',
            'sender = "ACME"',
            'price = "0.0350"',
            more,
            '',
        ].join('\n');
    }
}
