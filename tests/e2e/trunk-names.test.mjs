// Trunks that are known by a name: NAPTR, SRV and A, and the next host when one fails.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { DnsServer } from './support/dns.mjs';
import { poll } from './support/server.mjs';
import { call, outcome, serve, stopAll, trunk } from './support/trunks.mjs';

describe('a trunk by its name', () => {
    const servers = [];
    after(async () => {
        await stopAll();
        servers.forEach((dns) => dns.stop());
    });
    /** DNS in which that name leads to the peers over UDP, the first one first. */
    async function named(first, second) {
        const dns = await DnsServer.start({
            'NAPTR trunk.test': [
                { order: 20, service: 'SIP+D2T', replacement: '_sip._tcp.trunk.test' },
                { order: 10, service: 'SIP+D2U', replacement: '_sip._udp.trunk.test' },
            ],
            'SRV _sip._udp.trunk.test': [
                { priority: 20, port: second.port, target: 'b.trunk.test' },
                { priority: 10, port: first.port, target: 'a.trunk.test' },
            ],
            'A a.trunk.test': [{ address: '127.0.0.1' }],
            'A b.trunk.test': [{ address: '127.0.0.1' }],
        });
        servers.push(dns);
        return dns;
    }
    const route = (dns, peer, uri, more = '') =>
        peer.route('trunk-a', `network = { bind = "127.0.0.1", dns_servers = ["${dns.address}"] }\n${more}`, uri);

    it('is found by NAPTR, SRV and A, the lowest priority first', async () => {
        const first = await trunk();
        const second = await trunk();
        const dns = await named(first, second);
        const server = await serve(route(dns, first, 'sip:trunk.test'));
        const { number, id } = await call(server);
        assert.equal((await first.call(number)).ended, 'bye');
        assert.equal((await outcome(server, id)).state, 'delivered');
        assert.equal(second.calls.length, 0);
        assert.match(first.calls[0].invite, /^INVITE sip:\d+@trunk\.test SIP/);
        assert.deepEqual(dns.asked.slice(0, 3), ['NAPTR trunk.test', 'SRV _sip._udp.trunk.test', 'A a.trunk.test']);
    });

    it('with a transport needs no NAPTR, and without SRV its address will do', async () => {
        const peer = await trunk();
        const dns = await named(peer, peer);
        const server = await serve(route(dns, peer, 'sip:trunk.test;transport=udp'));
        const { number } = await call(server);
        assert.equal((await peer.call(number)).ended, 'bye');
        assert.equal(dns.asked[0], 'SRV _sip._udp.trunk.test');
        const plain = await DnsServer.start({ 'A trunk.test': [{ address: '127.0.0.1' }] });
        servers.push(plain);
        const other = await serve(route(plain, peer, `sip:trunk.test:${peer.port}`));
        const second = await call(other);
        await poll(() => (peer.calls.length === 2 ? true : undefined), 'the second call');
        assert.equal((await outcome(other, second.id)).state, 'delivered');
        assert.deepEqual(plain.asked, ['A trunk.test']);
    });

    for (const [what, script] of [
        ['answers 503', (each) => each.reply('503 Service Unavailable')],
        ['does not answer', () => {}],
    ]) {
        it(`: where its first host ${what}, the second one calls`, async () => {
            const first = await trunk({ script });
            const second = await trunk();
            const dns = await named(first, second);
            const server = await serve(route(dns, first, 'sip:trunk.test', 'limits = { no_response_seconds = 1 }'));
            const { number, id } = await call(server);
            assert.equal((await second.call(number)).ended, 'bye');
            assert.equal((await outcome(server, id)).state, 'delivered');
            assert.equal(first.calls.length, 1);
            const again = await call(server);
            assert.equal((await second.call(again.number)).ended, 'bye');
            // A host that keeps silent is passed over for a while; one that is busy is asked again.
            assert.equal(first.calls.length, what === 'does not answer' ? 1 : 2);
        });
    }

    it('fails a call when none of its hosts answers, and asks them all again', async () => {
        const first = await trunk({ script: () => {} });
        const second = await trunk({ script: () => {} });
        const dns = await named(first, second);
        const server = await serve(route(dns, first, 'sip:trunk.test', 'limits = { no_response_seconds = 1 }'));
        const { id } = await call(server);
        const event = await outcome(server, id);
        assert.deepEqual([event.state, event.reason], ['failed', 'no answer to INVITE']);
        assert.deepEqual([first.calls.length, second.calls.length], [1, 1]);
        first.script = (each) => each.ring().answer();
        const again = await call(server);
        assert.equal((await first.call(again.number)).ended, 'bye');
    });

    it('that nobody knows fails a call', async () => {
        const peer = await trunk();
        const dns = await DnsServer.start({});
        servers.push(dns);
        const server = await serve(route(dns, peer, 'sip:trunk.test'));
        const { id } = await call(server);
        assert.equal((await outcome(server, id)).state, 'failed');
        assert.equal(peer.calls.length, 0);
    });
});
