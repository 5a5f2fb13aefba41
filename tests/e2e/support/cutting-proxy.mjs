// TCP between a server and its SMSC. The first connection is reset (RST) on both sides after so many bytes of one
// direction; later ones pass whole.
import net from 'node:net';

export class CuttingProxy {
    /**
     * @param {number} target  the SMSC's port
     * @param {{direction?: 'down'|'up', after?: number}} cut  'down': what the SMSC sends; after: how many bytes of it
     *   still pass
     */
    static async start(target, { direction = 'down', after = Infinity } = {}) {
        const proxy = new CuttingProxy(target, direction, after);
        await new Promise((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
        proxy.port = proxy.server.address().port;
        return proxy;
    }

    constructor(target, direction, after) {
        Object.assign(this, { direction, after, connections: 0, passed: { down: 0, up: 0 } });
        this.sockets = new Set();
        this.server = net.createServer((near) => {
            const first = ++this.connections === 1;
            const far = net.connect(target, '127.0.0.1');
            for (const socket of [near, far]) {
                this.sockets.add(socket);
                socket.on('error', () => socket.destroy());
                socket.on('close', () => {
                    this.sockets.delete(socket);
                    near.destroy();
                    far.destroy();
                });
            }
            this.#carry(near, far, 'up', first);
            this.#carry(far, near, 'down', first);
            if (first && after === 0) this.#cut(near, far);
        });
    }

    #carry(from, to, direction, first) {
        from.on('data', (chunk) => {
            if (!first || direction !== this.direction) {
                if (first) this.passed[direction] += chunk.length;
                to.write(chunk);
                return;
            }
            const room = this.after - this.passed[direction];
            const part = chunk.subarray(0, Math.max(0, Math.min(room, chunk.length)));
            this.passed[direction] += part.length;
            if (part.length > 0) to.write(part, () => this.#cutIfDone(from, to));
        });
    }

    #cutIfDone(from, to) {
        if (this.passed[this.direction] >= this.after) this.#cut(from, to);
    }

    #cut(...sockets) {
        for (const socket of sockets) socket.resetAndDestroy();
    }

    stop() {
        this.sockets.forEach((socket) => socket.destroy());
        return new Promise((resolve) => this.server.close(resolve));
    }
}
