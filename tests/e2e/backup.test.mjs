// roger backup and restore: beside a running server under load, elsewhere, and with what does not fit.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Server, roger, temporaryDirectory, wrongCode } from './support/server.mjs';

const place = (name) => path.join(temporaryDirectory('roger-backup'), name);
const refused = async (args, sentence) => {
    const result = await roger(args);
    assert.equal(result.code, 1, result.stdout + result.stderr);
    assert.match(result.stderr, sentence);
};

describe('roger backup', () => {
    let server;
    let copy;
    let ended;
    let live;
    before(async () => {
        server = await Server.start();
        copy = place('copy');
        ended = await server.begin();
        assert.equal(await server.check(ended, await server.pin(ended)), '0');
        live = await server.begin();
        let busy = true;
        const load = async () => {
            while (busy) await server.check(await server.begin(), wrongCode('0000'));
        };
        const loads = Array.from({ length: 8 }, load);
        const made = await roger(['backup', '--to', copy, '--data', server.data]);
        busy = false;
        await Promise.all(loads);
        assert.equal(made.code, 0, made.stderr);
        assert.match(made.stdout, /^\d+ requests, [\d.]+ [KM]iB, in /);
    });
    after(() => server?.stop());

    it('is for its owner alone, and the server goes on', async () => {
        assert.equal(fs.statSync(copy).mode & 0o777, 0o700);
        assert.equal(fs.statSync(path.join(copy, 'keys')).mode & 0o777, 0o400);
        assert.ok(!fs.existsSync(`${copy}.partial`));
        assert.equal(await server.check(live, await server.pin(live)), '0');
    });

    it('is restored elsewhere: what had ended is known, what was live has expired, new requests go their way', async () => {
        const data = place('data');
        const restored = await roger(['restore', '--from', copy, '--data', data]);
        assert.equal(restored.code, 0, restored.stderr);
        assert.match(restored.stdout, /; \d+ requests? that had not ended: expired now/);
        const doctor = await roger(['doctor', '--data', data]);
        assert.equal(doctor.code, 0, doctor.stdout);
        const second = await Server.start({ data });
        assert.equal((await second.search(ended)).status, 'SUCCESS');
        assert.equal((await second.search(live)).status, 'EXPIRED');
        assert.equal(await second.check(live, wrongCode('0000')), '6');
        const fresh = await second.begin();
        assert.equal(await second.check(fresh, await second.pin(fresh)), '0');
        await second.stop();
    });

    it('without keys needs the right ones', async () => {
        const bare = place('bare');
        const made = await roger(['backup', '--to', bare, '--data', server.data, '--without-keys']);
        assert.equal(made.code, 0, made.stderr);
        assert.ok(!fs.existsSync(path.join(bare, 'keys')));
        const stranger = await Server.start();
        await stranger.stop();
        const data = place('data');
        fs.mkdirSync(data);
        fs.copyFileSync(path.join(stranger.data, 'keys'), path.join(data, 'keys'));
        await refused(['restore', '--from', bare, '--data', data], /keys/);
        fs.rmSync(data, { recursive: true });
        const keys = path.join(server.data, 'keys');
        const restored = await roger(['restore', '--from', bare, '--data', data, '--keys', keys]);
        assert.equal(restored.code, 0, restored.stderr);
    });

    it('overwrites nothing', async () => {
        await refused(['backup', '--to', copy, '--data', server.data], /is there already/);
        await refused(['restore', '--from', copy, '--data', server.data], /holds a database already/);
        await refused(['restore', '--from', place('nothing'), '--data', place('data')], /is no backup/);
        await refused(['backup', '--to', place('x'), '--data', place('nothing')], /there is no database/);
    });
});
