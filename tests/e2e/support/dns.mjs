// A DNS server over UDP (RFC 1035) that knows what a test tells it: A, SRV (RFC 2782) and NAPTR (RFC 3403) records.
import dgram from 'node:dgram';

const types = { A: 1, SRV: 33, NAPTR: 35 };

const name = (text) =>
    Buffer.concat([...text.split('.').filter(Boolean).map((label) => word(label)), Buffer.from([0])]);
const word = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const short = (...numbers) => Buffer.concat(numbers.map((n) => Buffer.from([n >> 8, n & 255])));

const data = {
    A: ({ address }) => Buffer.from(address.split('.').map(Number)),
    SRV: ({ priority, weight = 1, port, target }) => Buffer.concat([short(priority, weight, port), name(target)]),
    NAPTR: ({ order, preference = 1, flags = 's', service, replacement }) =>
        Buffer.concat([short(order, preference), word(flags), word(service), word(''), name(replacement)]),
};

export class DnsServer {
    /** @param {Object<string, object[]>} records by "TYPE name" */
    static async start(records) {
        const server = new DnsServer();
        server.records = records;
        server.asked = [];
        server.socket = dgram.createSocket('udp4');
        server.socket.on('message', (query, from) => {
            server.socket.send(server.#answer(query), from.port, from.address);
        });
        await new Promise((done) => server.socket.bind(0, '127.0.0.1', done));
        server.address = `127.0.0.1:${server.socket.address().port}`;
        return server;
    }

    #answer(query) {
        const labels = [];
        let at = 12;
        for (; query[at] !== 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
        const type = query.readUInt16BE(at + 1);
        const kind = Object.keys(types).find((each) => types[each] === type);
        const key = `${kind} ${labels.join('.')}`;
        this.asked.push(key);
        const found = this.records[key] ?? [];
        const known = Object.keys(this.records).some((each) => each.endsWith(` ${labels.join('.')}`));
        const head = Buffer.concat([query.subarray(0, 2), short(known ? 0x8180 : 0x8183, 1, found.length, 0, 0)]);
        const question = query.subarray(12, at + 5);
        const records = found.map((record) => {
            const bytes = data[kind](record);
            return Buffer.concat([short(0xc00c, type, 1, 0, 60, bytes.length), bytes]);
        });
        return Buffer.concat([head, question, ...records]);
    }

    stop() {
        this.socket.close();
    }
}
