// An SMSC of bare bytes, for what a library would not send: header-only answers, garbage, silence. SMPP v3.4 §4.
import net from 'node:net';

const headerBytes = 16;
export const command = {
    bindTransceiver: 0x09,
    submit: 0x04,
    deliver: 0x05,
    unbind: 0x06,
    enquireLink: 0x15,
    genericNack: 0x80000000,
};
const answerBit = 0x80000000;

/** One PDU. */
export function frame(id, status, sequence, body = Buffer.alloc(0)) {
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32BE(headerBytes + body.length, 0);
    header.writeUInt32BE(id, 4);
    header.writeUInt32BE(status, 8);
    header.writeUInt32BE(sequence, 12);
    return Buffer.concat([header, body]);
}

export const text = (value) => Buffer.from(`${value}\0`, 'latin1');

export class RawSmsc {
    /**
     * @param {(pdu: {id: number, sequence: number, body: Buffer, connection: number}) => Buffer|undefined} script
     *   what to answer to one PDU of the Nth connection; undefined: what a good SMSC would
     */
    static async start(script) {
        const smsc = new RawSmsc(script);
        await new Promise((resolve) => smsc.server.listen(0, '127.0.0.1', resolve));
        smsc.port = smsc.server.address().port;
        return smsc;
    }

    constructor(script) {
        this.connections = 0;
        this.submits = 0; // submit_sm that were read whole
        this.sockets = new Set();
        this.server = net.createServer((socket) => {
            const connection = ++this.connections;
            this.sockets.add(socket);
            socket.on('error', () => socket.destroy());
            socket.on('close', () => this.sockets.delete(socket));
            let rest = Buffer.alloc(0);
            socket.on('data', (chunk) => {
                rest = Buffer.concat([rest, chunk]);
                while (rest.length >= headerBytes && rest.length >= rest.readUInt32BE(0)) {
                    const length = rest.readUInt32BE(0);
                    const body = rest.subarray(headerBytes, length);
                    const pdu = { id: rest.readUInt32BE(4), sequence: rest.readUInt32BE(12), body, connection };
                    rest = rest.subarray(length);
                    if (pdu.id === command.submit) ++this.submits;
                    socket.write(script(pdu) ?? this.#behave(pdu));
                }
            });
        });
    }

    #behave({ id, sequence }) {
        if (id >= answerBit) return Buffer.alloc(0);
        const bodies = {
            [command.bindTransceiver]: text('raw'),
            [command.submit]: text(`m${this.submits}`),
        };
        return frame(id + answerBit, 0, sequence, bodies[id]);
    }

    stop() {
        this.sockets.forEach((socket) => socket.destroy());
        return new Promise((resolve) => this.server.close(resolve));
    }
}
