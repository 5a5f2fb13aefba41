// Every refusal for a limit, provoked through a client library, with the reason that a raw call sees in its headers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { admin } from './support/admin.mjs';
import { clients } from './support/clients.mjs';
import { Server, roger, wrongCode } from './support/server.mjs';

const config = `
[guard]
sandbox = "enforce"
[numbers]
deny = ["+447700900880"]
`;
const { connect } = clients[0];

describe('limits', () => {
    let server;
    before(async () => {
        server = await Server.start({ config });
    });
    after(() => server?.stop());

    /** A client library with the credentials of an account. */
    const clientOf = ({ key, secret }) => connect({ url: server.url, key, secret });
    async function update(account, ...options) {
        const done = await roger(['account', 'update', account.key, '--data', server.data, '--json', ...options]);
        assert.equal(done.code, 0, done.stderr);
        return JSON.parse(done.stdout);
    }
    async function make(...options) {
        const account = await server.account('--rate', '0', '--allow', 'lenient_cancel', ...options);
        return { ...account, client: await clientOf(account) };
    }
    /** Asks by the library, then once more for the headers: a refusal changes nothing. */
    async function refused(account, parameters, status, reason) {
        const answer = await account.client.start({ brand: 'Acme', ...parameters });
        assert.equal(answer.status, status, JSON.stringify(answer));
        const { body, headers } = await server.v1('start', { brand: 'Acme', ...parameters }, { account });
        assert.equal(body.status, status);
        assert.match(headers['roger-reason'], reason);
        return { body, headers };
    }
    async function startAndCancel(account, number) {
        const started = await account.client.start({ number, brand: 'Acme' });
        assert.equal(started.status, '0', JSON.stringify(started));
        await server.cancel(started.request_id, { account });
    }

    it('7: two starts of a number in 30 s, over all accounts', async () => {
        const [one, other] = [await make(), await make()];
        const number = server.number();
        await startAndCancel(one, number);
        await startAndCancel(other, number);
        const { headers } = await refused(one, { number }, '7', /^rule=number-window; until=\S+Z$/);
        const wait = Number(headers['retry-after']);
        assert.ok(wait >= 1 && wait <= 30, headers['retry-after']);
        await server.clock(wait);
        await startAndCancel(one, number);
    });

    it('7: the ninth wrong code of a day answers 17, and the number waits in that account alone', async () => {
        const account = await make();
        const number = server.number();
        let last;
        for (let wrong = 0; wrong < 9; ) {
            await server.clock(1801);
            const started = await account.client.start({ number, brand: 'Acme' });
            assert.equal(started.status, '0', JSON.stringify(started));
            const pin = await server.pin(started.request_id, account);
            const tries = wrong === 8 ? 1 : 2;
            for (let i = 1; i <= tries; ++i, ++wrong) {
                last = await server.v1('check', { request_id: started.request_id, code: wrongCode(pin, i) }, { account });
                assert.equal(last.body.status, wrong === 8 ? '17' : '16');
            }
            if (wrong < 9) await server.cancel(started.request_id, { account });
        }
        assert.match(last.headers['roger-reason'], /^rule=wrong-codes; scope=number; seen=9; limit=9; until=\S+Z$/);
        await server.clock(3600);
        await refused(account, { number }, '7', /^rule=wrong-codes; scope=number; seen=9; limit=9; until=/);
        await startAndCancel(await make(), number);
        const { body } = await admin(server, 'GET', '/blocks');
        const block = body.blocks.find((each) => each.account === account.key);
        assert.equal(block.rule, 'wrong-codes');
        assert.ok(!JSON.stringify(body).includes(number));
        await admin(server, 'DELETE', `/blocks?number=${number}&account=${account.key}`);
        await server.clock(3600);
        await startAndCancel(account, number);
    });

    it('7: the deny lists of file, store and account', async () => {
        const account = await make();
        await refused(account, { number: '447700900880' }, '7', /^rule=deny-list; scope=number$/);
        const number = server.number();
        await admin(server, 'PUT', '/lists/deny', { numbers: [`+${number}`] });
        await refused(account, { number }, '7', /^rule=deny-list/);
        await admin(server, 'PUT', '/lists/deny', { numbers: [] });
        await startAndCancel(account, number);
        const own = server.number();
        await update(account, '--deny-number', `+${own}`);
        await refused(account, { number: own }, '7', /^rule=deny-list/);
    });

    it('7: one success in 90 days; the one before is told', async () => {
        const account = await make('--one-success-per-number', '90d');
        const number = server.number();
        const started = await account.client.start({ number, brand: 'Acme' });
        const pin = await server.pin(started.request_id, account);
        const right = await server.v1('check', { request_id: started.request_id, code: pin }, { account });
        assert.equal(right.headers['roger-number-history'], 'verified=0');
        await refused(account, { number }, '7', /^rule=one-success; scope=number; seen=1; limit=1; until=\S+Z$/);
        await update(account, '--no-one-success-per-number');
        await startAndCancel(account, number);
    });

    it('7: ten starts an hour for one end user', async () => {
        const account = await make();
        for (let i = 0; i < 10; ++i) await server.begin({ ip: '192.0.2.77' }, { account });
        const { headers } = await server.v1('start', { number: server.number(), brand: 'Acme', ip: '192.0.2.77' }, { account });
        assert.match(headers['roger-reason'], /^rule=end-user-ip; scope=ip; seen=10; limit=10; until=/);
    });

    it('9: a balance and a cap are used up', async () => {
        const account = await make('--price', '0.10', '--balance', '0.15');
        const started = await account.client.start({ number: server.number(), brand: 'Acme' });
        assert.equal(started.status, '0');
        await refused(account, { number: server.number() }, '9', /^rule=balance; scope=account; seen=100000; limit=50000$/);
        const pin = await server.pin(started.request_id, account);
        assert.equal(await server.check(started.request_id, pin, { account }), '0');
        await update(account, '--top-up', '5', '--cap-day-country', 'GB=0.15');
        const reason = /^rule=spend-cap; scope=country:GB; seen=100000; limit=150000; until=\S+T00:00:00\.000Z$/;
        await refused(account, { number: server.number() }, '9', reason);
        const { body } = await admin(server, 'GET', '/spend');
        const spend = body.accounts.find((each) => each.account === account.key);
        assert.equal(spend.balance, '5.05000000');
        assert.equal(spend.day.countries.GB.settled, '0.10000000');
        const shown = await update(account, '--no-balance', '--no-cap-day-country', 'GB');
        assert.equal(shown.prepaid, false);
        assert.deepEqual(shown.caps, []);
        await startAndCancel(account, server.number());
    });

    it('15, 29, 20, 8, 4, 1', async () => {
        const account = await make();
        await refused(account, { number: '881612345678' }, '15', /^rule=satellite; scope=number$/);
        await update(account, '--countries', 'DE');
        await refused(account, { number: server.number() }, '15', /^rule=countries; scope=country$/);
        await update(account, '--no-countries', '--policy', 'strict');
        await refused(account, { number: '445612345678' }, '15', /^rule=strict-voip; scope=number$/);
        await refused(account, { number: server.number(), pin_code: '123456' }, '20', /^rule=pin-code-right/);
        await update(account, '--no-policy', '--demo');
        await refused(account, { number: server.number() }, '29', /^rule=demo; scope=account$/);
        await update(account, '--no-demo', '--barred');
        await refused(account, { number: server.number() }, '8', /^rule=barred; scope=account$/);
        await update(account, '--no-barred', '--allow-ip', '10.0.0.0/8,2001:db8::/32');
        await refused(account, { number: server.number() }, '4', /^rule=ip-allow; scope=account$/);
        await update(account, '--allow-ip', '127.0.0.0/8', '--rate', '0.01', '--burst', '1');
        await account.client.start({ number: server.number(), brand: 'Acme' });
        const { headers } = await refused(account, { number: server.number() }, '1', /^rule=account-rate; scope=account$/);
        assert.ok(Number(headers['retry-after']) >= 1);
    });

    it('rules are observed or off by an operator’s word, and that is kept', async () => {
        const account = await make();
        const number = server.number();
        await admin(server, 'PUT', '/rules', { number_window: 'observe' });
        await startAndCancel(account, number);
        await startAndCancel(account, number);
        const { body, headers } = await server.v1('start', { number, brand: 'Acme' }, { account });
        assert.equal(body.status, '0');
        assert.match(headers['roger-reason'], /^would-refuse rule=number-window; until=/);
        const { body: shown } = await admin(server, 'GET', '/rules');
        assert.deepEqual(shown.rules.number_window, { configured: 'enforce', set: 'observe', in_force: 'observe' });
        await admin(server, 'PUT', '/rules', { number_window: null });
    });
});

describe('limits on the command line', () => {
    let server;
    before(async () => {
        server = await Server.start({ config });
    });
    after(() => server?.stop());
    async function guard(...words) {
        const { code, stdout, stderr } = await roger(['guard', ...words, '--data', server.data]);
        return { code, said: code === 0 ? stdout : stderr };
    }

    it('rules are shown and set', async () => {
        assert.match((await guard('set', 'number_window', 'off')).said, /^number_window +enforce +off +off$/m);
        assert.match((await guard('set', 'number_window', 'configured')).said, /^number_window +enforce +- +enforce$/m);
        const unknown = await guard('set', 'number_windows', 'off');
        assert.equal(unknown.code, 1);
        assert.match(unknown.said, /There is no such rule/);
        assert.equal((await guard('set', 'number_window', 'loud')).code, 2);
    });

    it('lists are added to and taken from, and hold at once', async () => {
        const number = server.number();
        assert.match((await guard('list', 'allow')).said, /The allow list is empty/);
        assert.equal((await guard('list', 'deny', '--add', `+${number}`, '--add', '+44 7700 900 8')).code, 0);
        assert.equal((await server.v1('start', { number, brand: 'Acme' })).body.status, '7');
        const { said } = await guard('list', 'deny', '--remove', number);
        assert.deepEqual(said.trim().split('\n'), ['+4477009008']);
        assert.equal((await server.v1('start', { number, brand: 'Acme' })).body.status, '0');
        const absent = await guard('list', 'deny', '--remove', number, '--add', '+33');
        assert.equal(absent.code, 1);
        assert.match(absent.said, /not on the list; nothing was changed/);
        const refused = await guard('list', 'deny', '--add', 'nobody');
        assert.equal(refused.code, 1);
        assert.deepEqual((await guard('list', 'deny')).said.trim().split('\n'), ['+4477009008']);
    });

    it('a blocked number is told, masked, and unblocked', async () => {
        assert.match((await guard('blocks')).said, /No number is blocked/);
        const account = await server.account('--rate', '0', '--allow', 'lenient_cancel');
        const number = server.number();
        for (let i = 0; i < 5; ++i) {
            await server.clock(31);
            await server.cancel(await server.begin({ number }, { account }), { account });
        }
        const blocks = (await guard('blocks')).said;
        assert.match(blocks, /all accounts +number-window +until \S+Z/);
        assert.ok(!blocks.includes(number), blocks);
        assert.ok((await guard('blocks', '--reveal')).said.includes(`+${number}`));
        assert.match((await guard('unblock', number)).said, /^lifted: \+/);
        assert.match((await guard('blocks')).said, /No number is blocked/);
    });

    it('spend is shown beside its cap', async () => {
        const account = await server.account('--rate', '0', '--price', '0.10', '--balance', '10', '--cap-day', '20');
        const id = await server.begin({}, { account });
        assert.equal(await server.check(id, await server.pin(id, account), { account }), '0');
        const { said } = await guard('spend');
        assert.match(said, new RegExp(`^${account.key} +balance 9\\.90000000 EUR`, 'm'));
        assert.match(said, /^ +day +all +settled +0\.10000000/m);
        assert.match(said, /^ +cap +all +20\.00000000 a day/m);
    });
});

describe('limits after a crash', () => {
    it('windows, wrong codes and money are as they were', async () => {
        let server = await Server.start({ config });
        const account = await server.account('--rate', '0', '--allow', 'lenient_cancel', '--price', '0.10', '--balance', '10');
        const number = server.number();
        for (let i = 0; i < 2; ++i) await server.cancel(await server.begin({ number }, { account }), { account });
        const right = await server.begin({}, { account });
        assert.equal(await server.check(right, await server.pin(right, account), { account }), '0');
        const { data } = server;
        await server.kill();
        server = await Server.start({ config, data });
        const refused = await server.v1('start', { number, brand: 'Acme' }, { account });
        // Unless the restart took longer than the window.
        if (refused.body.status !== '0') {
            assert.match(refused.headers['roger-reason'], /^rule=number-window/);
        }
        const { body } = await admin(server, 'GET', '/spend');
        const spend = body.accounts.find((each) => each.account === account.key);
        assert.equal(spend.balance, '9.90000000');
        await server.stop();
    });
});
