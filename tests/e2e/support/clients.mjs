// The client libraries, unchanged. One table of adapters: each gives the same six calls.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** @vonage/server-sdk 3: promises. Errors of the API come back as values. */
function vonage3(library) {
    return async (server) => {
        const { Vonage } = await import(library);
        const client = new Vonage({ apiKey: server.key, apiSecret: server.secret }, { apiHost: server.url });
        return {
            start: ({ number, brand, ...rest }) => client.verify.start({ number, brand, ...rest }),
            psd2: (number, payee, amount) => client.verify.start({ number, payee, amount }),
            check: (id, code) => client.verify.check(id, code),
            search: (id) => client.verify.search(id),
            cancel: (id) => client.verify.cancel(id),
            next: (id) => client.verify.trigger(id),
        };
    };
}

/** nexmo 2 and @vonage/server-sdk 2: callbacks, everything in the query of a GET. */
export function nexmo2(library, credentials = {}) {
    return async (server) => {
        const Client = require(library);
        const { hostname, port } = new URL(server.url);
        const client = new Client(
            { apiKey: server.key, apiSecret: server.secret, ...credentials },
            { apiHost: hostname, port: Number(port || 443) },
        );
        const call = (name, ...args) =>
            new Promise((resolve, reject) => {
                client.verify[name](...args, (error, result) => (error ? reject(error) : resolve(result)));
            });
        return {
            start: (parameters) => call('request', parameters),
            psd2: (number, payee, amount) => call('psd2', { number, payee, amount }),
            check: (request_id, code) => call('check', { request_id, code }),
            search: (idOrIds) => call('search', idOrIds),
            cancel: (request_id) => call('control', { request_id, cmd: 'cancel' }),
            next: (request_id) => call('control', { request_id, cmd: 'trigger_next_event' }),
        };
    };
}

export const clients = [
    { name: '@vonage/server-sdk 3, Basic', connect: vonage3('vonage3-basic'), amount: 48.5 },
    { name: '@vonage/server-sdk 3, key and secret in JSON', connect: vonage3('vonage3-json'), amount: 48.5 },
    { name: '@vonage/server-sdk 2', connect: nexmo2('vonage2'), amount: '48.50', searchesLists: true },
    { name: 'nexmo 2', connect: nexmo2('nexmo'), amount: '48.50', searchesLists: true },
];
