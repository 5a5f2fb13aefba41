// `roger email test`, over STARTTLS with a certificate that is checked.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Authority } from './support/certificates.mjs';
import { roger, temporaryDirectory } from './support/server.mjs';
import { SmtpServer } from './support/smtp.mjs';

describe('roger email test', () => {
    let authority;
    let server;
    const directory = temporaryDirectory();
    before(async () => {
        authority = await Authority.make();
        server = await SmtpServer.start(await authority.sign('localhost'));
    });
    after(() => server.stop());

    const send = (address, { ca = authority.file, password = 'mail-password' } = {}) => {
        const file = path.join(directory, 'roger.toml');
        const lines = ['[email]', `server = "localhost:${server.port}"`, 'user = "roger"', `password = "${password}"`];
        lines.push('from = "roger@example.com"', 'bounces = "bounces@example.com"', `ca_file = "${ca}"`, '');
        fs.writeFileSync(file, lines.join('\n'), { mode: 0o600 });
        return roger(['email', 'test', address, '--config', file]);
    };

    it('hands one mail over', async () => {
        const sent = await send('ops@example.org');
        assert.equal(sent.code, 0, sent.stderr);
        assert.match(sent.stdout, /^localhost:\d+ took the mail/);
        const [{ from, to, text }] = server.mails;
        assert.deepEqual([from, to], ['bounces@example.com', 'ops@example.org']);
        const [header, body] = text.split('\r\n\r\n');
        const fields = Object.fromEntries(header.split('\r\n').map((line) => line.split(/: (.*)/s, 2)));
        assert.equal(fields.From, '=?UTF-8?B?Um9nZXI=?= <roger@example.com>');
        assert.equal(fields.To, '<ops@example.org>');
        assert.equal(fields.Subject, 'Test message of Roger');
        assert.equal(fields['Auto-Submitted'], 'auto-generated');
        assert.ok(Math.abs(Date.parse(fields.Date) - Date.now()) < 60_000, fields.Date);
        assert.match(fields['Message-ID'], /^<[0-9a-f]{32}@example\.com>$/);
        assert.match(Buffer.from(body, 'base64').toString(), /^This server can send mail\./);
        assert.ok(server.inTheClear.every((line) => /^(EHLO .*|STARTTLS)$/.test(line)), server.inTheClear.join('; '));
    });

    it('says who refused, and shows no password', async () => {
        const refused = await send('nobody@example.org');
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /SMTP 550/);
        const unknown = await send('ops@example.org', { password: 'wrong-password' });
        assert.equal(unknown.code, 1);
        assert.ok(!unknown.stderr.includes('wrong-password'));
        assert.equal((await send('not an address')).code, 2);
        assert.equal((await roger(['email', 'test', 'ops@example.org'])).code, 78);
        assert.equal(server.mails.length, 1);
    });

    it('speaks to nobody whose certificate it cannot check', async () => {
        const other = await Authority.make('Another CA');
        const refused = await send('ops@example.org', { ca: other.file });
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /certificate/i);
        assert.equal(server.mails.length, 1);
    });
});
