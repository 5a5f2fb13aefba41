// Thousands of connections that do nothing, or hardly anything, do not keep a client from being served; nor do they when
// they have used up every descriptor.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { describe, it } from 'node:test';

import { poll, Server } from './support/server.mjs';

/** Opens connections, one half silent, one half with the beginning of a request. @returns {Promise<net.Socket[]>} */
async function crowd(server, count) {
    const sockets = [];
    const { hostname, port } = new URL(server.url);
    const connect = (index) =>
        new Promise((resolve, reject) => {
            const socket = net.connect(Number(port), hostname, () => {
                if (index % 2) socket.write('POST /verify/json HTTP/1.1\r\nHost: a\r\n');
                resolve();
            });
            socket.on('error', reject);
            sockets.push(socket);
        });
    for (let index = 0; index < count; ++index) await connect(index);
    sockets.forEach((socket) => socket.on('error', () => {})); // the server closes those that took too long
    return sockets;
}

function descriptors(server) {
    return Number(/^Max open files\s+(\d+)/m.exec(fs.readFileSync(`/proc/${server.pid()}/limits`, 'utf8'))[1]);
}

describe('idle and slow connections', () => {
    const limited = (limit) => ['sh', '-c', `ulimit ${limit} && "$0" "$@"; exit $?`];

    it('3000 of them keep nobody from being served, whatever the soft limit was', async () => {
        const server = await Server.start({ wrapper: limited('-Sn 1024') });
        assert.ok(descriptors(server) >= 4000, 'this test needs a hard limit of 4000 descriptors');
        const sockets = await crowd(server, 3000);
        for (let index = 0; index < 20; ++index) {
            const id = await server.begin();
            assert.equal(await server.check(id, await server.pin(id)), '0');
        }
        sockets.forEach((socket) => socket.destroy());
        await server.stop();
    });

    it('out of descriptors: who is connected is served, others are as soon as there is one', async () => {
        const server = await Server.start({ wrapper: limited('-n 100'), connections: 1 });
        assert.equal(descriptors(server), 100);
        const id = await server.begin();
        const sockets = await crowd(server, 150);
        for (let index = 0; index < 20; ++index) await server.begin();
        assert.equal(await server.check(id, await server.pin(id)), '0');

        sockets.forEach((socket) => socket.destroy());
        server.agent.destroy(); // so that the next call comes over a new connection
        await poll(async () => (await server.send('/readyz')).http === 200 || undefined, 'a new connection is served');
        await server.stop();
    });
});
