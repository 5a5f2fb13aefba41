// The operator's calls, over the control socket in the data directory of a running server.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';

import { encode, send } from './call.mjs';
import { assertDocumented, readDocument, templateOf } from './openapi.mjs';

/** @returns {Promise<{http: number, body: object}>} */
function get(server, where) {
    return new Promise((resolve, reject) => {
        const request = http.get({ socketPath: path.join(server.data, 'control.sock'), path: where }, (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk) => (text += chunk));
            response.on('error', reject);
            response.on('end', () => resolve({ http: response.statusCode, body: JSON.parse(text) }));
        });
        request.setTimeout(30_000, () => request.destroy(new Error(`no answer in 30 s: ${where}`)));
        request.on('error', reject);
    });
}

/** The whole story of one request. */
export async function story(server, id) {
    const { http: code, body } = await get(server, `/admin/v1/requests/${id}`);
    assert.equal(code, 200, `${id}: ${JSON.stringify(body)}`);
    return body;
}

/** Every request that passes the filters, newest first, page by page; numbers whole. */
export async function* requests(server, filters = {}) {
    let after;
    do {
        const query = encode({ limit: 200, reveal: 'number', ...filters, ...(after && { after }) });
        const { http: code, body } = await get(server, `/admin/v1/requests?${query}`);
        assert.equal(code, 200, JSON.stringify(body));
        yield* body.requests;
        after = body.next;
    } while (after);
}

/** How one route stands, as `roger route list --json` has it. */
export async function route(server, name) {
    const { body } = await get(server, '/admin/v1/routes');
    return body.routes.find((each) => each.name === name) ?? assert.fail(`there is no route ${name}`);
}

/** A caller of the admin port; every answer is held against the document. @param {object} [headers]  e.g. a cookie */
export class Operator {
    constructor(server, token, headers = {}) {
        Object.assign(this, { server, token, headers });
    }

    /** @returns {Promise<{http: number, headers: object, text: string, body: object|undefined}>} */
    async ask(method, where, body) {
        const headers = { ...this.headers };
        if (this.token) headers.Authorization = `Bearer ${this.token}`;
        if (body !== undefined) headers['Content-Type'] = 'application/json';
        const answer = await send(this.server.adminAgent, new URL(`/admin/v1${where}`, this.server.adminUrl), {
            method,
            headers,
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        asked.add(`${method} ${templateOf(adminDocument, where.split('?')[0])}`);
        assertDocumented(adminDocument, method, where, answer);
        return { ...answer, body: answer.text ? JSON.parse(answer.text) : undefined };
    }

    async get(where) {
        const answer = await this.ask('GET', where);
        assert.equal(answer.http, 200, `${where}: ${answer.text}`);
        return answer.body;
    }
}

export const adminDocument = readDocument('admin');
/** "METHOD PATH" of every call that an Operator made. */
export const asked = new Set();
