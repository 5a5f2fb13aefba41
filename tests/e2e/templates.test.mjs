// Texts of one's own by /verify/templates, languages, and SMS that fill their PIN in by themselves: as the phone shows
// them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { basic } from './support/call.mjs';
import { Server, bootstrap, roger } from './support/server.mjs';

const templates = '/verify/templates';

/** POST as the documentation has it: JSON in the body, key and secret in the query. */
async function create(server, template) {
    const answer = await server.send(`${templates}?api_key=${server.key}&api_secret=${server.secret}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(template),
    });
    return { http: answer.http, body: JSON.parse(answer.text) };
}

async function ask(server, method, query = '') {
    const headers = { Authorization: basic(server.key, server.secret) };
    const answer = await server.send(templates + query, { method, headers });
    return { http: answer.http, body: answer.text ? JSON.parse(answer.text) : undefined };
}

/** The newest message of a request: its text, and the text without its PIN. */
async function message(server, request_id) {
    const [newest] = await server.messages({ request_id });
    assert.ok(newest.text.includes(newest.pin), newest.text);
    return newest;
}

describe('a template', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    it('is made, used, replaced and deleted, and what was sent stays as it was', async () => {
        const words = '${brand} code: ${pin}. Valid for ${pin_expiry} minutes. Never share it.';
        const made = await create(server, { action_type: 'sms', lg: 'en-gb', template: words, type: 'text' });
        assert.equal(made.http, 201);
        assert.deepEqual(made.body, {
            account_id: bootstrap.key,
            action_type: 'sms',
            lg: 'en-gb',
            status: 'ACTIVE',
            template: words,
            type: 'text',
            version: 1,
        });
        const first = await server.begin({ brand: 'My Shop' });
        const sent = await message(server, first);
        assert.equal(sent.text, `My Shop code: ${sent.pin}. Valid for 5 minutes. Never share it.`);

        const second = await create(server, { action_type: 'sms', lg: 'en-gb', template: 'Now: ${pin}' });
        assert.equal(second.body.version, 2);
        const listed = await ask(server, 'GET', '?lg=en-gb');
        assert.deepEqual(
            listed.body.templates.map(({ version, status }) => [version, status]),
            [
                [1, 'RETIRED'],
                [2, 'ACTIVE'],
            ],
        );
        const later = await message(server, await server.begin());
        assert.equal(later.text, `Now: ${later.pin}`);
        assert.equal((await message(server, first)).text, sent.text);

        assert.equal((await ask(server, 'DELETE', '?action_type=sms&lg=en-gb')).http, 204);
        assert.equal((await ask(server, 'DELETE', '?action_type=sms&lg=en-gb')).http, 404);
        const standard = await message(server, await server.begin());
        assert.equal(standard.text, `Acme code: ${standard.pin}. Valid for 5 minutes.`);
        assert.equal((await message(server, first)).text, sent.text);
    });

    it('that cannot be used is refused with a sentence', async () => {
        for (const template of ['no place', '${pin} ${password}', '']) {
            const { http, body } = await create(server, { action_type: 'sms', lg: 'en-gb', template });
            assert.equal(http, 400);
            assert.match(body.detail, /\.$/);
        }
        assert.equal((await server.send(templates, { method: 'GET' })).http, 401);
    });

    it('of an account under review waits for an operator', async () => {
        const at = ['--data', server.data];
        const run = async (...args) => {
            const result = await roger([...args, ...at]);
            assert.equal(result.code, 0, result.stderr);
            return result.stdout;
        };
        await run('account', 'update', bootstrap.key, '--template-review');
        const made = await create(server, { action_type: 'voice', lg: 'fr-fr', template: 'Code ${pin}.' });
        assert.equal(made.body.status, 'PENDING');
        assert.match(await run('template', 'list', bootstrap.key), /fr-fr +voice +1 +PENDING +Code \$\{pin\}\./);
        const { status } = JSON.parse(await run('template', 'approve', bootstrap.key, 'fr-fr', 'voice', '--json'));
        assert.equal(status, 'ACTIVE');
        const again = await roger(['template', 'approve', bootstrap.key, 'fr-fr', 'voice', ...at]);
        assert.equal(again.code, 1);
        const call = await server.begin({ lg: 'fr-fr', workflow_id: 7 });
        const [{ text, pin }] = await server.messages({ request_id: call });
        assert.equal(text, `Code ${[...pin].join(', ')}.`);
        await run('account', 'update', bootstrap.key, '--no-template-review');
    });

    it('keeps its words over a restart', async () => {
        const template = 'Äpfel für ${brand}: ${pin} 🍏';
        assert.equal((await create(server, { action_type: 'sms', lg: 'de-de', template })).body.type, 'unicode');
        const id = await server.begin({ lg: 'de-de' });
        const before = await message(server, id);
        assert.equal(before.text, `Äpfel für Acme: ${before.pin} 🍏`);
        await ask(server, 'DELETE', '?action_type=sms&lg=de-de');
        const { data } = server;
        await server.stop();
        server = await Server.start({ data });
        assert.equal((await message(server, id)).text, before.text);
    });
});

describe('a message', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    it('is written in the language that was asked for', async () => {
        const expected = {
            'ar-xa': (pin) => `رمز التحقق من Acme\u200f: ${pin}. صالح لمدة 5 دقائق.`,
            'th-th': (pin) => `รหัส Acme ของคุณคือ ${pin} ใช้ได้ภายใน 5 นาที`,
            'ja-jp': (pin) => `Acmeの認証コードは${pin}です。有効期限は5分です。`,
        };
        for (const [lg, words] of Object.entries(expected)) {
            const { text, pin, locale } = await message(server, await server.begin({ lg }));
            assert.equal(locale, lg);
            assert.equal(text, words(pin));
        }
    });

    it('ends for an app or for a web page', async () => {
        const app = await message(server, await server.begin({ app_hash: 'FA+9qCX9VSu' }));
        assert.ok(app.text.endsWith('\nFA+9qCX9VSu'), app.text);
        assert.ok(Buffer.byteLength(app.text) <= 140);
        const page = await message(server, await server.begin({ domain: 'example.com' }));
        assert.equal(page.text.split('\n').at(-1), `@example.com #${page.pin}`);
        const both = await server.v1('start', {
            number: server.number(),
            brand: 'Acme',
            app_hash: 'FA+9qCX9VSu',
            domain: 'example.com',
        });
        assert.equal(both.body.status, '3');
        assert.match(both.body.error_text, /^Invalid value for domain: .+\.$/);
    });
});

describe('roger message preview', () => {
    const preview = async (...args) => {
        const result = await roger(['message', 'preview', ...args]);
        assert.equal(result.code, 0, result.stderr);
        return result.stdout;
    };

    it('shows every language, each SMS in one segment', async () => {
        const all = JSON.parse(await preview('--all', '--json', '--brand', 'Яндекс'));
        assert.equal(new Set(all.map(({ lg }) => lg)).size, 47);
        for (const shown of all.filter(({ channel }) => channel === 'sms')) {
            assert.equal(shown.segments, 1, shown.text);
            assert.equal(shown.encoding, 'UCS-2');
        }
        const payments = JSON.parse(await preview('--all', '--psd2', '--channel', 'tts', '--json'));
        assert.equal(payments.length, 21);
    });

    it('says what one costs', async () => {
        assert.match(await preview('--lg', 'en-gb', '--channel', 'sms'), /^en-gb +sms +GSM-7, 1 segment, 39 septets\n/);
        assert.equal((await roger(['message', 'preview', '--lg', 'xx-xx'])).code, 1);
        assert.equal((await roger(['message', 'preview', '--brand', '<b>'])).code, 1);
        assert.equal((await roger(['message', 'preview', '--channel', 'fax'])).code, 2);
    });
});
