// The command line: over the control socket of a running server, without a server, and as a client of one.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Server, bootstrap, roger, temporaryDirectory, wrongCode } from './support/server.mjs';

const done = async (args, options) => {
    const result = await roger(args, options);
    assert.equal(result.code, 0, `roger ${args.join(' ')}: exit ${result.code}\n${result.stderr}`);
    return result.stdout;
};

async function statusWith(server, account) {
    return (await server.v1('search', { request_id: '0123456789abcdef0123456789abcdef' }, { account })).body.status;
}
const known = '101';
const unknown = '4';

describe('roger account beside a running server', () => {
    let server;
    let at;
    before(async () => {
        server = await Server.start();
        at = ['--data', server.data];
    });
    after(() => server?.stop());

    it('create makes an account that works at once, and tells its secret once', async () => {
        const made = JSON.parse(await done(['account', 'create', '--json', ...at]));
        assert.deepEqual(Object.keys(made).sort(), ['key', 'secret', 'signature_secret']);
        assert.ok(made.secret.length >= 16);
        assert.equal(await statusWith(server, made), known);
        const listed = await done(['account', 'list', ...at]);
        assert.match(listed, new RegExp(made.key));
        assert.match(listed, new RegExp(bootstrap.key));
        assert.ok(!listed.includes(made.secret) && !listed.includes(made.signature_secret));
    });

    it('create takes the key, and refuses one that is taken', async () => {
        const made = JSON.parse(await done(['account', 'create', '--key', 'shop-7', '--json', ...at]));
        assert.equal(made.key, 'shop-7');
        const again = await roger(['account', 'create', '--key', 'shop-7', '--json', ...at]);
        assert.equal(again.code, 1);
        assert.notEqual(again.stderr.trim(), '');
        assert.equal(await statusWith(server, made), known);
    });

    it('price and currency are those of the answers', async () => {
        const made = JSON.parse(
            await done(['account', 'create', '--price', '0.05', '--currency', 'USD', '--rate', '0', '--json', ...at]),
        );
        const id = await server.begin({}, { account: made });
        const code = await server.pin(id, made);
        const { body } = await server.v1('check', { request_id: id, code }, { account: made });
        assert.deepEqual([body.status, body.price, body.currency], ['0', '0.05000000', 'USD']);
        const { price, currency } = await server.search(id, { account: made });
        assert.deepEqual([price, currency], ['0.05000000', 'USD']);
    });

    it('update gives and takes rights', async () => {
        const made = JSON.parse(await done(['account', 'create', '--rate', '0', '--json', ...at]));
        const start = async () => {
            const parameters = { number: server.number(), brand: 'Acme', pin_code: '1234' };
            return (await server.v1('start', parameters, { account: made })).body.status;
        };
        assert.equal(await start(), '20');
        await done(['account', 'update', made.key, '--allow', 'pin_code', ...at]);
        assert.equal(await start(), '0');
    });

    it('rotate-secret makes a second secret beside the first', async () => {
        const made = JSON.parse(await done(['account', 'create', '--json', ...at]));
        const rotated = JSON.parse(await done(['account', 'rotate-secret', made.key, '--json', ...at]));
        assert.notEqual(rotated.secret, made.secret);
        assert.equal(await statusWith(server, made), known, 'the old secret is live beside the new one');
        assert.equal(await statusWith(server, { key: made.key, secret: rotated.secret }), known);
    });

    it('disable makes the key unknown', async () => {
        const made = JSON.parse(await done(['account', 'create', '--json', ...at]));
        await done(['account', 'disable', made.key, ...at]);
        assert.equal(await statusWith(server, made), unknown);
    });

    it('what it does not know is exit 1, what it cannot read is exit 2', async () => {
        assert.equal((await roger(['account', 'disable', 'nobody', ...at])).code, 1);
        assert.equal((await roger(['account', 'update', 'nobody', '--barred', ...at])).code, 1);
        assert.equal((await roger(['account', 'create', '--sideways', ...at])).code, 2);
        assert.equal((await roger(['account', 'create', '--rate', 'many', ...at])).code, 2);
        assert.equal((await roger(['account', 'dance', ...at])).code, 2);
    });

    it('the control socket is for its owner alone', () => {
        const { mode } = fs.statSync(path.join(server.data, 'control.sock'));
        assert.equal(mode & 0o777, 0o600);
    });
});

describe('roger account without a server', () => {
    it('works on the data directory; the next server knows', async () => {
        const data = temporaryDirectory();
        await done(['sandbox', 'on', '--data', data]);
        const kept = JSON.parse(await done(['account', 'create', '--json', '--data', data]));
        const gone = JSON.parse(await done(['account', 'create', '--json', '--data', data]));
        await done(['account', 'disable', gone.key, '--data', data]);
        assert.match(await done(['account', 'list', '--data', data]), new RegExp(kept.key));
        const server = await Server.start({ data, bootstrapped: false });
        try {
            assert.equal(await statusWith(server, kept), known);
            assert.equal(await statusWith(server, gone), unknown);
        } finally {
            await server.stop();
        }
    });
});

describe('roger as a client', () => {
    let server;
    let env;
    before(async () => {
        server = await Server.start();
        env = { ROGER_URL: server.url, ROGER_KEY: server.key, ROGER_SECRET: server.secret };
    });
    after(() => server?.stop());

    const client = (args, options) => roger(args, { env, ...options });

    it('verify, check wrong, check right, search', async () => {
        const number = server.number();
        const started = await client(['verify', number, '--brand', 'Acme', '--json']);
        assert.equal(started.code, 0, started.stderr);
        const { request_id } = JSON.parse(started.stdout);
        const pin = await server.pin(request_id);
        const wrong = await client(['check', request_id, wrongCode(pin)]);
        assert.equal(wrong.code, 1);
        assert.match(wrong.stdout + wrong.stderr, /16/);
        assert.match(wrong.stdout + wrong.stderr, /does not match/);
        assert.equal((await client(['check', request_id, pin])).code, 0);
        const found = await client(['search', request_id, '--json']);
        assert.equal(found.code, 0, found.stderr);
        assert.equal(JSON.parse(found.stdout).status, 'SUCCESS');
    });

    it('cancel and next', async () => {
        const id = await server.begin();
        assert.equal((await client(['cancel', id])).code, 1);
        assert.equal((await client(['next', id])).code, 0);
        assert.equal((await server.search(id)).events.length, 2);
        const other = await server.begin();
        await server.clock(31);
        assert.equal((await client(['cancel', other])).code, 0);
        assert.equal((await server.search(other)).status, 'CANCELLED');
    });

    it('number and PIN from stdin, so that they do not stand in ps', async () => {
        const number = server.number();
        const started = await client(['verify', '-', '--brand', 'Acme', '--json'], { input: `${number}\n` });
        assert.equal(started.code, 0, started.stderr);
        const { request_id } = JSON.parse(started.stdout);
        const checked = await client(['check', request_id, '-'], { input: `${await server.pin(request_id)}\n` });
        assert.equal(checked.code, 0, checked.stderr);
    });

    it('--url wins over the environment', async () => {
        const id = await server.begin();
        const result = await client(['search', id, '--url', server.url], {
            env: { ...env, ROGER_URL: 'http://127.0.0.1:1' },
        });
        assert.equal(result.code, 0, result.stderr);
    });

    it('refusals are exit 1 with the status and its reason', async () => {
        const refused = await client(['verify', '12', '--brand', 'Acme']);
        assert.equal(refused.code, 1);
        assert.match(refused.stdout + refused.stderr, /\b3\b/);
        assert.match(refused.stdout + refused.stderr, /Invalid value for number/);
        const none = await client(['search', '0123456789abcdef0123456789abcdef']);
        assert.equal(none.code, 1);
        assert.match(none.stdout + none.stderr, /101/);
    });

    it('usage is exit 2, no server is exit 3', async () => {
        assert.equal((await client(['verify'])).code, 2);
        assert.equal((await client(['check', 'x'])).code, 2);
        assert.equal((await roger(['dance'])).code, 2);
        const nowhere = await client(['search', 'x'], { env: { ...env, ROGER_URL: 'http://127.0.0.1:1' } });
        assert.equal(nowhere.code, 3);
        assert.notEqual(nowhere.stderr.trim(), '');
    });
});

describe('roger by itself', () => {
    it('says its version', async () => {
        for (const word of ['version', '--version']) assert.match(await done([word]), /\d+\.\d+/);
    });

    it('config check accepts what serve accepts', async () => {
        const file = path.join(temporaryDirectory(), 'roger.toml');
        fs.writeFileSync(
            file,
            '[server]\nlisten = "127.0.0.1:0"\n[numbers]\ndeny = ["4477"]\n[limits]\nrequests_per_second = 5\n',
        );
        await done(['config', 'check', file]);
    });

    it('config check opens the TLS files of routes', async () => {
        const file = path.join(temporaryDirectory(), 'roger.toml');
        const route = '[[route]]\nname = "a"\nhosts = ["127.0.0.1:2775"]\nsystem_id = "r"\npassword = "p"\nsender = "A"\n';
        fs.writeFileSync(file, `${route}tls = { enabled = true, ca_file = "/nowhere/ca.pem" }\n`, { mode: 0o600 });
        const result = await roger(['config', 'check', file]);
        assert.equal(result.code, 78);
        assert.match(result.stderr, /route 'a': the CA file \/nowhere\/ca\.pem holds no certificates/);
    });

    const mistakes = [
        { text: '[server]\nlistn = "127.0.0.1:0"\n', line: 2, says: /listen/ },
        { text: '[number]\ndeny = []\n', line: 1, says: /numbers/ },
        { text: '[numbers]\ndeny = []\ncountrys = ["GB"]\n', line: 3, says: /countries/ },
        { text: '[limits]\nrequests_per_second = "many"\n', line: 2, says: /requests_per_second/ },
        { text: '[server\n', line: 1, says: /./ },
    ];
    for (const { text, line, says } of mistakes) {
        it(`config check names the file, line ${line} and the nearest key: ${JSON.stringify(text)}`, async () => {
            const file = path.join(temporaryDirectory(), 'roger.toml');
            fs.writeFileSync(file, text);
            const result = await roger(['config', 'check', file]);
            assert.notEqual(result.code, 0);
            assert.match(result.stderr, says);
            assert.ok(result.stderr.includes(`roger.toml:${line}`), result.stderr);
            const serve = await roger([
                'serve',
                '--listen',
                '127.0.0.1:0',
                '--admin-listen',
                '127.0.0.1:0',
                '--data',
                temporaryDirectory(),
                '--config',
                file,
            ]);
            assert.equal(serve.code, 78);
            assert.ok(serve.stderr.includes(`roger.toml:${line}`), serve.stderr);
        });
    }

    it('the first start without accounts leaves one in DATA/first-account', async () => {
        const server = await Server.start({ bootstrapped: false });
        try {
            const file = path.join(server.data, 'first-account');
            assert.equal(fs.statSync(file).mode & 0o777, 0o600);
            const text = fs.readFileSync(file, 'utf8');
            const key = /^key: *(\S+)$/m.exec(text)?.[1];
            const secret = /^secret: *(\S+)$/m.exec(text)?.[1];
            assert.equal(await statusWith(server, { key, secret }), known);
            assert.ok(server.stderr.includes('first-account'), server.stderr);
            assert.ok(!server.stderr.includes(secret) && !server.stdout.includes(secret));
        } finally {
            await server.stop();
        }
    });

    it('sandbox on and off changes what a server is', async () => {
        const data = temporaryDirectory();
        for (const [word, http] of [
            ['off', 404],
            ['on', 200],
            ['off', 404],
        ]) {
            await done(['sandbox', word, '--data', data]);
            const server = await Server.start({ data });
            try {
                const headers = {
                    Authorization: `Basic ${Buffer.from(`${server.key}:${server.secret}`).toString('base64')}`,
                };
                assert.equal((await server.send('/sandbox/messages', { headers })).http, http);
            } finally {
                await server.stop();
            }
        }
    });
});

describe('one data directory', () => {
    it('serves one server: a second one refuses with a sentence and leaves the first alone', async () => {
        const server = await Server.start();
        try {
            const args = ['serve', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--data', server.data];
            const second = await roger(args);
            assert.ok(second.code > 0, `exit ${second.code}`);
            assert.match(second.stderr, /another|already|in use|locked|running/i);
            assert.ok(!second.stdout.includes('listening on'));
            await server.begin();
        } finally {
            await server.stop();
        }
    });

    it('with the keys of another store is refused: exit 78', async () => {
        const [one, two] = [temporaryDirectory(), temporaryDirectory()];
        for (const data of [one, two]) {
            const server = await Server.start({ data });
            await server.begin();
            await server.stop();
        }
        const keys = (data) => path.join(data, 'keys');
        assert.equal(fs.statSync(keys(one)).mode & 0o777, 0o400);
        const serve = () => roger(['serve', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--data', one]);
        const right = fs.readFileSync(keys(one));
        fs.rmSync(keys(one));
        const missing = await serve();
        assert.equal(missing.code, 78, missing.stderr);
        assert.match(missing.stderr, /key/);
        assert.ok(!fs.existsSync(keys(one)), 'no new keys beside an old store');
        fs.copyFileSync(keys(two), keys(one));
        const wrong = await serve();
        assert.equal(wrong.code, 78, wrong.stderr);
        assert.match(wrong.stderr, /key/);
        fs.rmSync(keys(one));
        fs.writeFileSync(keys(one), right, { mode: 0o400 });
        const server = await Server.start({ data: one });
        await server.stop();
    });
});

describe('roger keys', () => {
    const kids = (text) =>
        [...text.matchAll(/^\s*(\S+)\s.*\b(active|live|ready|added|retired|passive)\b/gm)].map((match) => match[1]);

    it('list, add, activate, retire: the old requests stay readable, retiring waits for live rows', async () => {
        const data = temporaryDirectory();
        const env = { ROGER_DATA: data };
        let server = await Server.start({ data });
        const ended = await server.begin();
        assert.equal(await server.check(ended, await server.pin(ended)), '0');
        const live = await server.begin();
        const pin = await server.pin(live);
        await server.stop();

        const [first, ...others] = kids(await done(['keys', 'list'], { env }));
        assert.deepEqual(others, []);
        await done(['keys', 'add'], { env });
        const added = kids(await done(['keys', 'list'], { env })).find((kid) => kid !== first);
        assert.ok(added, 'a second key');
        await done(['keys', 'activate', added], { env });
        const refused = await roger(['keys', 'retire', first], { env });
        assert.equal(refused.code, 1, 'the first key enciphers every id');

        server = await Server.start({ data });
        assert.equal((await server.search(ended)).status, 'SUCCESS');
        assert.equal(await server.check(live, pin), '0');
        const fresh = await server.begin();
        const freshPin = await server.pin(fresh);
        await server.stop();

        await done(['keys', 'add'], { env });
        const third = kids(await done(['keys', 'list'], { env })).find((kid) => kid !== first && kid !== added);
        await done(['keys', 'activate', third], { env });
        assert.equal((await roger(['keys', 'retire', added], { env })).code, 1, 'a live request uses the second key');
        server = await Server.start({ data });
        assert.equal(await server.check(fresh, freshPin), '0');
        await server.stop();
        await done(['keys', 'retire', added], { env });
        server = await Server.start({ data });
        assert.equal((await server.search(ended)).status, 'SUCCESS');
        assert.equal((await server.search(fresh)).status, 'SUCCESS');
        await server.stop();
    });
});
