// A mail server in this process that speaks STARTTLS: takes mails from whoever logs in over TLS.
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';

export class SmtpServer {
    /** @param {{key: Buffer, cert: Buffer}} certificate */
    static async start(certificate) {
        const server = new SmtpServer(certificate);
        await new Promise((resolve) => server.server.listen(0, '127.0.0.1', resolve));
        server.port = server.server.address().port;
        return server;
    }

    constructor(certificate) {
        this.mails = []; // {from, to, text}
        this.inTheClear = []; // what was said before TLS
        this.context = tls.createSecureContext(certificate);
        this.server = net.createServer((socket) => {
            socket.write('220 test ESMTP\r\n');
            this.#serve(socket, { secure: false, in: false });
        });
    }

    #serve(socket, session) {
        let read = '';
        const listener = (chunk) => {
            read += chunk;
            for (let end = read.indexOf('\r\n'); end >= 0; end = read.indexOf('\r\n')) {
                const line = read.slice(0, end);
                read = read.slice(end + 2);
                if (!session.secure) this.inTheClear.push(line);
                const answer = this.#answer(line, session);
                if (answer) socket.write(`${answer}\r\n`);
                if (line === 'STARTTLS') {
                    socket.removeListener('data', listener);
                    const secured = new tls.TLSSocket(socket, { isServer: true, secureContext: this.context });
                    secured.on('error', () => secured.destroy());
                    return this.#serve(secured, { secure: true, in: false });
                }
            }
            return undefined;
        };
        socket.on('data', listener);
        socket.on('error', () => socket.destroy());
    }

    #answer(line, session) {
        if (session.text !== undefined) {
            if (line !== '.') {
                session.text += `${line.startsWith('.') ? line.slice(1) : line}\r\n`;
                return undefined;
            }
            this.mails.push({ from: session.from, to: session.to, text: session.text });
            session.text = undefined;
            return '250 taken';
        }
        if (line.startsWith('EHLO')) return session.secure ? '250-test\r\n250 AUTH PLAIN' : '250-test\r\n250 STARTTLS';
        if (line === 'STARTTLS') return '220 go on';
        if (line === 'QUIT') return '221 bye';
        if (!session.secure) return '530 STARTTLS first';
        if (line.startsWith('AUTH PLAIN ')) {
            const [, user, password] = Buffer.from(line.slice(11), 'base64').toString().split('\0');
            session.in = user === 'roger' && password === 'mail-password';
            return session.in ? '235 welcome' : '535 who are you';
        }
        if (!session.in) return '530 log in first';
        const [, sender] = /^MAIL FROM:<([^>]*)>/.exec(line) ?? [];
        if (sender) session.from = sender;
        const [, recipient] = /^RCPT TO:<([^>]*)>/.exec(line) ?? [];
        if (recipient?.startsWith('nobody@')) return '550 no such mailbox';
        if (recipient) session.to = recipient;
        if (line === 'DATA') {
            session.text = '';
            return '354 go on';
        }
        assert.ok(sender || recipient, line);
        return '250 yes';
    }

    stop() {
        return new Promise((resolve) => this.server.close(resolve));
    }
}
