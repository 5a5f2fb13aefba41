// Authorities and certificates for one run, by the openssl command.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { run, temporaryDirectory } from './server.mjs';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export class Authority {
    static async make(name = 'Test CA') {
        const authority = new Authority();
        const own = ['-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'ca.key', '-out', 'ca.pem'];
        await authority.#openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, ...own);
        return authority;
    }

    constructor() {
        this.directory = temporaryDirectory('roger-certificates');
        this.file = path.join(this.directory, 'ca.pem'); // what its believers are given
    }

    async #openssl(...args) {
        const ended = await run('openssl', args, { cwd: this.directory });
        assert.equal(ended.code, 0, `openssl ${args.join(' ')}\n${ended.stderr}`);
    }

    /** A certificate for a DNS name; with days below 0 it has ended. @returns {Promise<{key: Buffer, cert: Buffer}>} */
    async sign(name, { days = 2 } = {}) {
        const file = (suffix) => path.join(this.directory, `${name}${suffix}`);
        await this.#openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', file('.key'), '-out', file('.csr'));
        fs.writeFileSync(file('.names'), `subjectAltName=DNS:${name}\n`);
        const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', file('.names')];
        const dates = ['-days', String(days)];
        await this.#openssl('x509', '-req', '-in', file('.csr'), ...by, ...dates, '-out', file('.pem'));
        return { key: fs.readFileSync(file('.key')), cert: fs.readFileSync(file('.pem')) };
    }
}
