// Starts the built server on free ports with a data directory of its own, and speaks to it.
// ROGER_BIN names the binary; the default is the release build.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { assertV1Answer, basic, encode, send, v1Paths } from './call.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const rogerBinary = path.resolve(process.env.ROGER_BIN ?? path.join(here, '../../../build/release/roger'));
export const bootstrap = { key: 'e2ekey01', secret: 'e2e-bootstrap-secret-0123456789' };

const children = new Set();
const directories = [];
process.on('exit', () => {
    children.forEach((child) => child.kill('SIGKILL'));
    if (process.env.ROGER_E2E_KEEP) return;
    directories.forEach((directory) => fs.rmSync(directory, { recursive: true, force: true }));
});

// A test file that hangs ends by itself; node's test runner of Node 18 has no limit of its own.
const fileMsMax = Number(process.env.ROGER_TEST_FILE_SECONDS ?? 300) * 1000;
if (process.env.NODE_TEST_CONTEXT) {
    setTimeout(() => {
        process.stderr.write(`the test file took over ${fileMsMax} ms\n`);
        process.exit(1);
    }, fileMsMax).unref();
}

/** The environment for a Roger program: ours without any ROGER_ setting, and what is given. */
export function cleanEnvironment(extra = {}) {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('ROGER_'));
    return { ...Object.fromEntries(kept), ...extra };
}

/** A new directory that goes when this process ends, unless ROGER_E2E_KEEP is set. */
export function temporaryDirectory(name = 'roger-e2e') {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
    directories.push(directory);
    return directory;
}

/** Runs a program to its end. @returns {Promise<{code: ?number, signal: ?string, stdout: string, stderr: string}>} */
export function run(program, args, { env = cleanEnvironment(), input = '', timeoutMs = 30_000, cwd } = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
        children.add(child);
        let stdout = '';
        let stderr = '';
        const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
        child.stdout.on('data', (chunk) => (stdout += chunk));
        child.stderr.on('data', (chunk) => (stderr += chunk));
        child.on('error', reject);
        child.stdin.on('error', () => {}); // a program that does not read its input closes it
        child.stdin.end(input);
        child.on('close', (code, signal) => {
            clearTimeout(timer);
            children.delete(child);
            resolve({ code, signal, stdout, stderr });
        });
    });
}

/** Runs `roger ARGS`. `env` is added to an environment without ROGER_ settings. */
export function roger(args, { env = {}, ...rest } = {}) {
    return run(rogerBinary, args, { env: cleanEnvironment(env), ...rest });
}

/** Asks again until `probe` gives something else than undefined. */
export async function poll(probe, what, { deadlineMs = 10_000, everyMs = 20 } = {}) {
    const until = Date.now() + deadlineMs;
    for (;;) {
        const found = await probe();
        if (found !== undefined) return found;
        if (Date.now() > until) assert.fail(`not within ${deadlineMs} ms: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
}

export class Server {
    /**
     * @param {{data?: string, config?: string, env?: object, bootstrapped?: boolean, wrapper?: string[],
     *          connections?: number, listen?: string, adminListen?: string, ca?: Buffer}} options
     *   config: text of a roger.toml; wrapper: a program with arguments to run the server under; ca: PEM of the
     *   authority that we believe, for a server with TLS
     */
    static async start(options = {}) {
        const server = new Server(options);
        try {
            await server.ready();
        } catch (error) {
            server.child.kill('SIGKILL');
            throw error;
        }
        return server;
    }

    /** Spawns the server; ready() waits for it. */
    constructor({
        data,
        config,
        env = {},
        bootstrapped = true,
        wrapper = [],
        connections = 64,
        listen = '127.0.0.1:0',
        adminListen = '127.0.0.1:0',
        ca,
    } = {}) {
        this.data = data ?? temporaryDirectory();
        this.key = bootstrap.key;
        this.secret = bootstrap.secret;
        this.agent = ca
            ? new https.Agent({ keepAlive: true, maxSockets: connections, ca })
            : new http.Agent({ keepAlive: true, maxSockets: connections });
        this.adminAgent = ca ? http.globalAgent : this.agent;
        this.numbersUsed = 1; // 447700900000 is left to the tests that name it
        this.stdout = '';
        this.stderr = '';
        this.ended = undefined; // how the process ended
        const args = ['serve', '--listen', listen, '--admin-listen', adminListen, '--data', this.data];
        if (config !== undefined) {
            this.configFile = path.join(temporaryDirectory('roger-e2e-config'), 'roger.toml');
            fs.writeFileSync(this.configFile, config, { mode: 0o600 });
            args.push('--config', this.configFile);
        }
        const account = bootstrapped
            ? { ROGER_BOOTSTRAP_KEY: this.key, ROGER_BOOTSTRAP_SECRET: this.secret, ROGER_BOOTSTRAP_RATE: '0' }
            : {};
        const [program, ...before] = [...wrapper, rogerBinary];
        this.wrapped = wrapper.length > 0;
        this.child = spawn(program, [...before, ...args], {
            env: cleanEnvironment({ ...account, ...env }),
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        children.add(this.child);
        this.child.stdout.on('data', (chunk) => (this.stdout += chunk));
        this.child.stderr.on('data', (chunk) => (this.stderr += chunk));
        this.#hold(false); // a failed test that leaves its server behind must not keep node alive
        this.exited = new Promise((resolve) => {
            const end = (how) => {
                children.delete(this.child);
                this.ended ??= how;
                resolve(this.ended);
            };
            this.child.on('error', (error) => end({ error: error.message }));
            this.child.on('close', (code, signal) => end({ code, signal }));
        });
    }

    #hold(yes) {
        for (const handle of [this.child, this.child.stdout, this.child.stderr]) yes ? handle.ref() : handle.unref();
    }

    async ready() {
        const found = await poll(
            () => {
                if (this.ended) assert.fail(`the server ended: ${JSON.stringify(this.ended)}`);
                const listening = /^listening on (https?:\/\/\S+)$/m.exec(this.stdout);
                const admin = /^admin on (http:\/\/\S+)$/m.exec(this.stdout);
                return listening && admin ? [listening[1], admin[1]] : undefined;
            },
            'listening',
            { deadlineMs: 30_000, everyMs: 5 },
        ).catch((error) => {
            error.message += `\nstdout: ${this.stdout}\nstderr: ${this.stderr.slice(-4000)}`;
            throw error;
        });
        [this.url, this.adminUrl] = found;
    }

    /** The process id of the server itself, also under a wrapper. */
    pid() {
        if (!this.wrapped) return this.child.pid;
        const inner = fs.readFileSync(`/proc/${this.child.pid}/task/${this.child.pid}/children`, 'utf8');
        const pid = Number(inner.trim().split(' ')[0]);
        assert.ok(pid > 0, 'the wrapped server has ended'); // 0 would be ourselves
        return pid;
    }

    /** Stops as an operator does: SIGTERM, exit 0 within 10 s. */
    async stop() {
        this.agent.destroy();
        if (this.ended) assert.fail(`the server had ended: ${JSON.stringify(this.ended)}\n${this.stderr.slice(-4000)}`);
        this.#hold(true);
        process.kill(this.pid(), 'SIGTERM');
        const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
        const how = await this.exited;
        clearTimeout(timer);
        assert.deepEqual(how, { code: 0, signal: null }, `stop by SIGTERM\n${this.stderr.slice(-4000)}`);
    }

    /** Ends as a crash does, unless it has ended by itself. @returns {Promise<object>} how it ended */
    async kill() {
        this.#hold(true);
        try {
            if (!this.ended) process.kill(this.pid(), 'SIGKILL');
        } catch {
            // It ended a moment ago, and what is left of it goes by itself.
        }
        const how = await this.exited;
        this.agent.destroy();
        return how;
    }

    /** A number that this server has not seen yet, of Ofcom's range for drama: +447700900000 to …899. */
    number() {
        assert.ok(this.numbersUsed < 800, 'numbers of the fictitious range used up');
        return `447700900${String(this.numbersUsed++).padStart(3, '0')}`;
    }

    async send(where, options) {
        try {
            return await send(this.agent, new URL(where, this.url), options);
        } catch (error) {
            if (this.ended)
                error.message += `; the server ended: ${JSON.stringify(this.ended)} ${this.stderr.slice(-2000)}`;
            throw error;
        }
    }

    /**
     * One call of Verify v1.
     * @param {'start'|'psd2'|'check'|'search'|'control'} call
     * @param {object|Array<[string, string]>} parameters
     * @param {{format?: 'json'|'xml', as?: 'query'|'form'|'json', method?: string, auth?: 'parameters'|'basic'|'none',
     *          account?: {key: string, secret: string}, headers?: object}} how
     * @returns {Promise<{http: number, headers: object, text: string, body: object|undefined}>}
     */
    async v1(
        call,
        parameters,
        { format = 'json', as = 'form', method, auth = 'parameters', account, headers = {} } = {},
    ) {
        const { key, secret } = account ?? this;
        const allHeaders = { ...headers };
        let all = Array.isArray(parameters) ? parameters : Object.entries(parameters);
        if (auth === 'parameters') all = [...all, ['api_key', key], ['api_secret', secret]];
        if (auth === 'basic') allHeaders.Authorization = basic(key, secret);
        let where = `${v1Paths[call]}/${format}`;
        let body;
        if (as === 'query') {
            where += `?${encode(all)}`;
        } else if (as === 'form') {
            allHeaders['Content-Type'] = 'application/x-www-form-urlencoded';
            body = encode(all);
        } else {
            allHeaders['Content-Type'] = 'application/json';
            body = JSON.stringify(Object.fromEntries(all));
        }
        const answer = await this.send(where, {
            method: method ?? (as === 'query' ? 'GET' : 'POST'),
            headers: allHeaders,
            body,
        });
        assert.equal(answer.http, 200, `${call}: HTTP ${answer.http} ${answer.text}`);
        assertV1Answer(answer, format);
        return { ...answer, body: format === 'json' ? JSON.parse(answer.text) : undefined };
    }

    /** A start that must be answered 0. @returns {Promise<string>} its request_id */
    async begin(parameters = {}, how = {}) {
        const { body } = await this.v1('start', { number: this.number(), brand: 'Acme', ...parameters }, how);
        assert.deepEqual(Object.keys(body), ['request_id', 'status'], JSON.stringify(body));
        assert.equal(body.status, '0');
        assert.match(body.request_id, /^[0-9a-f]{32}$/);
        return body.request_id;
    }

    /** @returns {Promise<string>} the status of a check */
    async check(request_id, code, how = {}) {
        return (await this.v1('check', { request_id, code }, how)).body.status;
    }

    /** @returns {Promise<object>} what search says of one request */
    async search(request_id, how = {}) {
        return (await this.v1('search', { request_id }, how)).body;
    }

    async cancel(request_id, how = {}) {
        return (await this.v1('control', { request_id, cmd: 'cancel' }, how)).body;
    }

    async next(request_id, how = {}) {
        return (await this.v1('control', { request_id, cmd: 'trigger_next_event' }, how)).body;
    }

    async #sandbox(where, options = {}, account = this) {
        const headers = { Authorization: basic(account.key, account.secret), 'Content-Type': 'application/json' };
        const answer = await this.send(where, { ...options, headers });
        assert.equal(answer.http, 200, `${where}: HTTP ${answer.http} ${answer.text}`);
        assert.equal(answer.headers['roger-sandbox'], 'on');
        return JSON.parse(answer.text);
    }

    /** What the virtual phone got, newest first. @param {object} filter number, request_id, limit */
    messages(filter, account) {
        return this.#sandbox(`/sandbox/messages?${encode(filter)}`, {}, account);
    }

    /** The PIN in the newest message of a request. */
    async pin(request_id, account) {
        const [newest] = await this.messages({ request_id }, account);
        assert.ok(newest, `no message of ${request_id}`);
        return newest.pin;
    }

    /** Moves service time on. */
    clock(seconds) {
        const body = JSON.stringify({ advance_seconds: seconds });
        return this.#sandbox('/sandbox/clock', { method: 'POST', body });
    }

    /** Makes an account through the running server. @returns {Promise<{key: string, secret: string}>} */
    async account(...options) {
        const made = await roger(['account', 'create', '--json', '--data', this.data, ...options]);
        assert.equal(made.code, 0, made.stderr);
        return JSON.parse(made.stdout);
    }

    /** Gives the server another configuration by SIGHUP. @returns {Promise<string>} what its log says of it */
    async reload(config) {
        const told = this.stderr.length;
        fs.writeFileSync(this.configFile, config);
        process.kill(this.pid(), 'SIGHUP');
        return poll(() => {
            const line = this.stderr.slice(told);
            return /configuration/.test(line) ? line : undefined;
        }, 'the reload');
    }

    async metrics() {
        const answer = await send(this.adminAgent, new URL('/metrics', this.adminUrl));
        assert.equal(answer.http, 200);
        return answer.text;
    }
}

/** A code of the same form as `pin` that is surely another one. */
export function wrongCode(pin, step = 1) {
    const wrong = (BigInt(pin) + BigInt(step)) % 10n ** BigInt(pin.length);
    return String(wrong).padStart(pin.length, '0');
}
