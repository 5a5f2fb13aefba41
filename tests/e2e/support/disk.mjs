// A small disk of a test's own, and the ways to break it. Needs root and a mount namespace of the process's own, which
// script/fault-test makes: nothing here may be seen by the machine.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { poll, run, temporaryDirectory } from './server.mjs';

const mounted = new Set();
// Before the directories are removed, and while the server may still run.
process.prependListener('exit', () => mounted.forEach((where) => execFileSync('umount', ['--lazy', where])));

/** A tmpfs of so many MiB, filled by whoever else uses it when fill() says so. */
export class SmallDisk {
    constructor(mebibytes) {
        this.root = temporaryDirectory('roger-disk');
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'tmpfs', this.root]);
        mounted.add(this.root);
        this.data = path.join(this.root, 'data');
        this.others = path.join(this.root, 'others');
    }

    /** Takes every byte that is free, while the load goes on. @returns {Promise<number>} when that was done, in ms */
    async fill() {
        const taken = await run('sh', ['-c', 'cat /dev/zero >>"$0"', this.others]);
        assert.match(taken.stderr, /No space left/);
        return Date.now();
    }

    free() {
        fs.rmSync(this.others);
        return Date.now();
    }
}

/** The options that make strace touch the log and the database of a data directory alone. */
export function faults(data, inject) {
    const files = ['roger.db-wal', 'roger.db'].flatMap((name) => ['-P', path.join(data, name)]);
    return ['-f', '-qq', '-o', '/dev/null', ...files, '-e', `trace=${inject.split(':')[0]}`, '-e', `inject=${inject}`];
}

/** Lets system calls of a running server fail until stop(). @param {string} inject  of strace: "pwrite64:error=EROFS" */
export async function inject(server, what) {
    const strace = spawn('strace', [...faults(server.data, what), '-p', String(server.pid())], {
        stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((resolve) => strace.on('close', resolve));
    let said = '';
    strace.stderr.on('data', (chunk) => (said += chunk));
    await poll(() => {
        assert.equal(strace.exitCode, null, `strace: ${said}`);
        const threads = fs.readdirSync(`/proc/${server.pid()}/task`);
        const traced = threads.every((thread) => {
            const status = fs.readFileSync(`/proc/${server.pid()}/task/${thread}/status`, 'utf8');
            return /^TracerPid:\s+[1-9]/m.test(status);
        });
        return traced || undefined;
    }, 'strace has every thread');
    return {
        since: Date.now(),
        async stop() {
            strace.kill('SIGINT');
            await ended;
            return Date.now();
        },
    };
}

/** What SQLite itself says of a database that no server holds. */
export async function integrity(data) {
    const found = await run('sqlite3', [path.join(data, 'roger.db'), 'PRAGMA integrity_check']);
    assert.equal(found.code, 0, found.stderr);
    return found.stdout.trim();
}
