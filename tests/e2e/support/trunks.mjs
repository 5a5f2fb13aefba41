// Servers with trunks, and the calls over them.
import { story } from './admin.mjs';
import { Server, poll } from './server.mjs';
import { SipPeer } from './sip-peer.mjs';

const peers = [];
const servers = [];

export async function trunk(options) {
    const peer = await SipPeer.start(options);
    peers.push(peer);
    return peer;
}

/** A server that can be called over: `voice` are more keys of [voice]. */
export async function serve(config, voice = '', more = {}) {
    const server = await Server.start({ config: `${config}\n[voice]\nrepeat = 1\n${voice}`, ...more });
    servers.push(server);
    await poll(async () => ((await server.send('/readyz')).http === 200 ? true : undefined), 'a usable route');
    return server;
}

export async function stopAll() {
    await Promise.all(servers.map((server) => server.stop().catch(() => {})));
    peers.forEach((peer) => peer.stop());
}

export async function call(server, parameters = {}) {
    const number = server.number();
    return { number, id: await server.begin({ number, workflow_id: '7', ...parameters }) };
}

/** The event of a request, when it is no longer under way. */
export const outcome = (server, id, index = 0) =>
    poll(
        async () => {
            const event = (await story(server, id)).events[index];
            return event && !['sending', 'submitted'].includes(event.state) ? event : undefined;
        },
        'the end of the call',
        { deadlineMs: 60_000 },
    );
