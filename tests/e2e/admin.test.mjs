// The operator's door: tokens, users, audit, search, figures and erasing, over the admin port and the command line.
// Every answer is held against docs/api/admin.openapi.json.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Operator, adminDocument, asked } from './support/admin.mjs';
import { problemsOf } from './support/openapi.mjs';
import { Server, poll, roger } from './support/server.mjs';

const adminToken = 'e2e-admin-token-0123456789abcdef';
const password = 'correct horse battery staple';

describe('the operator’s door', () => {
    let server;
    let admin;
    before(async () => {
        server = await Server.start({ env: { ROGER_ADMIN_TOKEN: adminToken } });
        admin = new Operator(server, adminToken);
    });
    after(() => server.stop());

    /** `roger ARGS --data …`; its stdout. */
    async function command(args, { code = 0, ...how } = {}) {
        const ended = await roger([...args, '--data', server.data], how);
        assert.equal(ended.code, code, `roger ${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
        return ended.stdout;
    }
    const whoAmI = (token) => new Operator(server, token).ask('GET', '/session');

    it('makes, lists and revokes tokens on the command line', async () => {
        const made = await command(['admin', 'token', 'create', '--name', 'grafana', '--scope', 'read', '--expires', '90d']);
        const token = /^token: (rgr_[0-9a-f]{32})$/m.exec(made)?.[1];
        assert.ok(token, made);
        const me = (await whoAmI(token)).body;
        assert.deepEqual([me.kind, me.user, me.scope, me.numbers], ['token', 'grafana', 'read', false]);
        assert.match(await command(['admin', 'token', 'list']), /^grafana +read/m);
        const reader = new Operator(server, token);
        assert.equal((await reader.ask('GET', '/accounts')).http, 200);
        assert.equal((await reader.ask('PATCH', `/accounts/${server.key}`, { barred: true })).http, 403);
        assert.equal((await reader.ask('GET', '/requests?reveal=number')).http, 403);
        await command(['admin', 'token', 'revoke', 'grafana']);
        assert.equal((await whoAmI(token)).http, 401);
        await command(['admin', 'token', 'revoke', 'grafana'], { code: 1 });
        await command(['admin', 'token', 'create', '--name', 'x', '--scope', 'root'], { code: 2 });
        assert.equal((await whoAmI(undefined)).http, 401);
        assert.equal((await whoAmI('rgr_00000000000000000000000000000000')).http, 401);
    });

    it('reaches a server elsewhere with a token', async () => {
        const env = { ROGER_ADMIN_URL: server.adminUrl, ROGER_ADMIN_TOKEN: adminToken };
        const listed = await roger(['account', 'list', '--data', '/nowhere'], { env });
        assert.equal(listed.code, 0, listed.stderr);
        assert.match(listed.stdout, new RegExp(`^${server.key} `, 'm'));
        const refused = await roger(['account', 'list'], { env: { ...env, ROGER_ADMIN_TOKEN: 'wrong' } });
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /token/i);
    });

    it('makes the first user by a one-time link, signs in and out', async () => {
        const link = (await command(['admin', 'link'])).trim();
        const token = new URL(link).hash.slice(1);
        assert.equal(new URL(link).origin, server.adminUrl);
        const nobody = new Operator(server);
        assert.deepEqual(await nobody.get('/setup'), { open: true });
        const made = await nobody.ask('POST', '/setup', { token, user: 'anna', password });
        assert.equal(made.http, 201, made.text);
        assert.equal((await nobody.ask('POST', '/setup', { token, user: 'eve', password })).http, 409);

        const entered = await nobody.ask('POST', '/session', { user: 'anna', password });
        assert.equal(entered.http, 200);
        const cookie = entered.headers['set-cookie'][0].split(';')[0];
        assert.match(entered.headers['set-cookie'][0], /^__Host-roger=[0-9a-f]{32}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
        const page = new Operator(server, undefined, { Cookie: cookie });
        assert.equal((await page.get('/session')).user, 'anna');
        const own = { Cookie: cookie, Origin: server.adminUrl, 'X-CSRF-Token': entered.body.csrf };
        assert.equal((await page.ask('POST', '/accounts', { key: 'nocsrf' })).http, 403);
        const console_ = new Operator(server, undefined, own);
        assert.equal((await console_.ask('POST', '/users', { name: 'ben', scope: 'support', password })).http, 201);
        assert.equal((await console_.ask('PATCH', '/users/ben', { scope: 'read' })).http, 200);
        assert.equal((await console_.ask('DELETE', '/users/anna')).http, 409);
        assert.equal((await console_.ask('DELETE', '/users/ben')).http, 204);
        assert.equal((await console_.get('/users')).users.length, 1);
        assert.equal((await console_.ask('DELETE', '/session')).http, 204);
        assert.equal((await page.ask('GET', '/session')).http, 401);

        await command(['admin', 'user', 'create', 'kim', '--scope', 'read'], { input: `${password}\n` });
        assert.match(await command(['admin', 'user', 'list']), /^kim +read/m);
        await command(['admin', 'user', 'password', 'kim'], { input: 'another password\n' });
        assert.equal((await nobody.ask('POST', '/session', { user: 'kim', password })).http, 401);
        assert.equal((await nobody.ask('POST', '/session', { user: 'kim', password: 'another password' })).http, 200);
        await command(['admin', 'user', 'remove', 'kim']);
        await command(['admin', 'user', 'create', 'kim', '--scope', 'read'], { input: 'short\n', code: 1 });
    });

    it('finds requests by what they are, and tells their story', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        assert.equal(await server.check(id, await server.pin(id)), '0');
        const again = await server.begin({ number });
        const ids = async (query) => (await admin.get(`/requests?${query}`)).requests.map((each) => each.request_id);
        assert.deepEqual(await ids(`number=${number}`), [again, id]);
        assert.deepEqual(await ids(`number=${number}&status=success`), [id]);
        assert.deepEqual(await ids(`number=${number}&status=in_progress&account=${server.key}`), [again]);
        assert.deepEqual(await ids(`number=${number}&country=FR`), []);
        assert.deepEqual(await ids(`number=${number}&country=GB&route=handset&limit=1`), [again]);
        assert.deepEqual(await ids(`id=${id}`), [id]);
        const first = await admin.get(`/requests?number=${number}&limit=1`);
        const second = await admin.get(`/requests?number=${number}&limit=1&after=${first.next}`);
        assert.equal(second.requests[0].request_id, id);
        const story = await admin.get(`/requests/${id}`);
        assert.equal(story.status, 'success');
        assert.equal(story.blanked, false);
        assert.ok(!JSON.stringify(story).includes(number.slice(3)), 'masked');
        const whole = await admin.get(`/requests/${id}?reveal=number`);
        assert.equal(whole.number, `+${number}`);
        const cancelled = await admin.ask('POST', `/requests/${again}/cancel`);
        assert.equal(cancelled.body.status, 'cancelled');
        assert.equal((await admin.ask('POST', `/requests/${again}/cancel`)).http, 409);
        assert.equal((await admin.ask('GET', '/requests/0123456789abcdef0123456789abcdef')).http, 404);
        assert.equal((await admin.ask('GET', '/requests?limit=201')).http, 400);
        assert.equal((await admin.ask('GET', '/requests?from=yesterday')).http, 400);
    });

    it('keeps what was refused, with its reason', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        const refused = await server.v1('start', { number, brand: 'Acme' });
        assert.equal(refused.body.status, '10');
        const found = await admin.get(`/refusals?number=${number}`);
        assert.equal(found.refusals.length, 1);
        const [refusal] = found.refusals;
        assert.deepEqual([refusal.status, refusal.call, refusal.account], [10, 'start', server.key]);
        assert.equal(refusal.reason.split(';')[0], `rule=${refusal.rule}`);
        assert.equal((await admin.get(`/refusals?number=${number}&status=7`)).refusals.length, 0);
        assert.ok((await admin.get(`/refusals?rule=${refusal.rule}&account=${server.key}`)).refusals.length >= 1);
        const story = await admin.get(`/requests/${id}`);
        assert.equal(story.refusals.length, 1, 'its story has it too');
    });

    it('counts what converts', async () => {
        const before_ = (await admin.get('/conversions')).total;
        for (let round = 0; round < 4; ++round) {
            const id = await server.begin({ number: server.number() });
            if (round > 0) assert.equal(await server.check(id, await server.pin(id)), '0');
        }
        const now = await admin.get('/conversions?by=country,network,hour');
        assert.equal(now.total.started - before_.started, 4);
        assert.equal(now.total.converted - before_.converted, 3);
        assert.equal(now.rows[0].country, 'GB');
        assert.equal(typeof now.total.time_to_verify.p50, 'number');
        assert.ok(now.funnel.started >= now.funnel.delivered && now.funnel.delivered >= now.funnel.converted);
        const routes = await admin.get('/conversions?by=route,channel');
        assert.deepEqual([routes.rows[0].route, routes.rows[0].channel], ['handset', 'sms']);
        assert.equal((await admin.ask('GET', '/conversions?by=colour')).http, 400);
    });

    it('shows the numbers of now, and streams them', async () => {
        const live = await admin.get('/live');
        assert.ok(live.totals.starts > 0 && live.totals.converted > 0 && live.totals.refused > 0, JSON.stringify(live));
        const frames = await new Promise((resolve, reject) => {
            const headers = { Authorization: `Bearer ${adminToken}` };
            const request = http.get(new URL('/admin/v1/stream', server.adminUrl), { headers }, (response) => {
                assert.match(response.headers['content-type'], /^text\/event-stream/);
                let text = '';
                response.on('data', (chunk) => {
                    text += chunk;
                    const whole = text.split('\n\n').slice(0, -1);
                    if (whole.length < 2) return;
                    request.destroy();
                    resolve(whole);
                });
            });
            request.on('error', reject);
        });
        asked.add('GET /stream');
        for (const frame of frames) {
            const [event, data] = frame.split('\n');
            assert.equal(event, 'event: live');
            const schema = adminDocument.components.schemas.Live;
            assert.deepEqual(problemsOf(adminDocument, schema, JSON.parse(data.slice('data: '.length))), []);
        }
        assert.equal((await new Operator(server).ask('GET', '/stream')).http, 401);
    });

    it('previews texts and keeps templates', async () => {
        const shown = await admin.ask('POST', '/templates/preview', { channel: 'sms', lg: 'de-de', template: '${brand}: ${pin} €' });
        assert.equal(shown.body.previews[0].text, 'Acme: 123456 €');
        assert.equal(shown.body.previews[0].encoding, 'GSM-7');
        assert.equal((await admin.ask('POST', '/templates/preview', { channel: 'sms', template: 'no place' })).http, 400);
        assert.ok((await admin.get('/templates/languages')).languages.length > 39);
        const where = `/accounts/${server.key}/templates`;
        const draft = { action_type: 'sms', lg: 'en-gb', template: '${brand} code ${pin}' };
        assert.equal((await admin.ask('POST', where, draft)).http, 201);
        assert.equal((await admin.get(where)).templates.length, 1);
        assert.equal((await admin.ask('POST', `${where}/approve`, { action_type: 'sms', lg: 'fr-fr' })).http, 404);
        assert.equal((await admin.ask('DELETE', `${where}?action_type=sms&lg=en-gb`)).http, 204);
    });

    it('changes accounts and routes', async () => {
        const made = await admin.ask('POST', '/accounts', { key: 'spare', price: '0.05' });
        assert.equal(made.http, 201);
        assert.equal((await admin.ask('POST', '/accounts', { key: 'spare' })).http, 409);
        assert.equal((await admin.ask('POST', '/accounts', { colour: 'red' })).http, 400);
        assert.equal((await admin.get('/accounts/spare')).price, '0.05000000');
        assert.equal((await admin.ask('GET', '/accounts/nobody')).http, 404);
        assert.equal((await admin.ask('PATCH', '/accounts/spare', { disabled: true })).body.disabled, true);
        assert.equal((await admin.ask('POST', '/accounts/spare/secrets')).http, 201);
        assert.equal((await admin.get('/routes')).routes[0].name, 'handset');
        assert.equal((await admin.ask('PATCH', '/routes/handset', { enabled: true })).http, 200);
        const sent = await admin.ask('POST', '/routes/handset/tests', { number: '+447700900001' });
        assert.equal(sent.http, 202);
        await admin.get(`/routes/handset/tests/${sent.body.id}`);
    });

    it('tells who did what, and finds what was done to the log', async () => {
        const log = await admin.get('/audit?limit=200');
        const did = (action) => log.entries.find((entry) => entry.action === action);
        for (const action of ['token.create', 'token.revoke', 'user.create', 'session.begin', 'session.refused']) {
            assert.ok(did(action), action);
        }
        assert.equal(did('account.create').who, 'token:environment');
        assert.equal(did('token.create').who, 'control');
        assert.equal((await admin.get('/audit?action=token&limit=1')).entries[0].action, 'token.revoke');
        assert.ok(!JSON.stringify(log).includes('770090'), 'no whole number');
        assert.ok(!JSON.stringify(log).includes(password), 'no password');
        const verdict = await admin.get('/audit/verify');
        assert.deepEqual([verdict.good, verdict.problem], [true, '']);
        assert.match(await command(['audit', 'verify']), /^good: .*; entries: \d+$/m);
        assert.match(await command(['audit', 'list', '--limit', '3']), /control|token/);
        const head = path.join(server.data, 'audit-head');
        const kept = fs.readFileSync(head);
        fs.rmSync(head);
        await command(['audit', 'verify'], { code: 1 });
        fs.writeFileSync(head, kept);
        await command(['audit', 'verify']);
    });

    it('erases a number from every file', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        assert.equal(await server.check(id, await server.pin(id)), '0');
        const live = await server.begin({ number });
        await server.v1('start', { number, brand: 'Acme' });
        await admin.ask('PATCH', `/accounts/${server.key}`, { approve: [number] });
        await admin.get(`/refusals?number=${number}`);
        const digits = number.slice(2);
        const holding = () =>
            fs.readdirSync(server.data).filter((name) => {
                const file = path.join(server.data, name);
                return fs.statSync(file).isFile() && fs.readFileSync(file).includes(digits);
            });
        assert.notDeepEqual(holding(), [], 'before, the database has it');
        const erased = JSON.parse(await command(['number', 'erase', '-', '--json'], { input: `+${number}\n` }));
        assert.deepEqual(erased, { accounts: 1, cancelled: 1, refusals: 1, requests: 2 });
        assert.deepEqual(holding(), [], 'after, no file has it');
        assert.deepEqual((await admin.get(`/requests?number=${number}`)).requests, []);
        assert.deepEqual((await admin.get(`/refusals?number=${number}`)).refusals, []);
        const story = await admin.get(`/requests/${live}?reveal=number`);
        assert.deepEqual([story.status, story.number, story.brand, story.blanked], ['cancelled', '', '', true]);
        assert.equal((await server.v1('search', { request_id: id })).body.status, '101');
        assert.deepEqual((await admin.ask('DELETE', `/numbers/${number}`)).body.requests, 0);
        assert.equal((await admin.ask('DELETE', '/numbers/12')).http, 400);
        assert.ok(!server.stderr.includes(digits) && !server.stdout.includes(digits), 'nor the log');
        // The number is new again.
        await server.begin({ number });
    });

    it('blanks requests when their retention has ended', async () => {
        const number = server.number();
        const id = await server.begin({ number });
        assert.equal(await server.check(id, await server.pin(id)), '0');
        for (let day = 0; day < 31; ++day) await server.clock(86_400);
        await poll(
            async () => ((await admin.get(`/requests/${id}`)).blanked ? true : undefined),
            'the request is blank',
            { deadlineMs: 90_000, everyMs: 500 },
        );
        const found = await admin.get(`/requests?number=${number}`);
        assert.deepEqual(found.requests.map((each) => [each.request_id, each.number]), [[id, '']], 'found by its hash');
    });

    it('serves the document, and every path of it', async () => {
        assert.deepEqual(await admin.get('/openapi.json'), adminDocument);
        const missing = [];
        for (const [template, methods] of Object.entries(adminDocument.paths)) {
            const where = `/admin/v1${template.replace('{list}', 'deny').replaceAll(/\{\w+\}/g, 'spare')}`;
            const answer = await new Promise((resolve, reject) => {
                const request = http.request(new URL(where, server.adminUrl), {
                    method: 'OPTIONS',
                    headers: { Authorization: `Bearer ${adminToken}` },
                });
                request.on('response', (response) => {
                    let text = '';
                    response.on('data', (chunk) => (text += chunk));
                    response.on('end', () => resolve({ http: response.statusCode, allow: response.headers.allow, text }));
                });
                request.on('error', reject);
                request.end();
            });
            // Whatever does not know the method says which it takes.
            const takes = (answer.allow ?? '').toLowerCase().split(', ');
            for (const method of Object.keys(methods)) {
                if (answer.http === 405 && !takes.includes(method)) missing.push(`${method} ${template}`);
            }
            if (answer.text.includes('There is no such admin call')) missing.push(template);
        }
        assert.deepEqual(missing, []);
    });
});
