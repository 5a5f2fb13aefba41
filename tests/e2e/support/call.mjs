// One HTTP call as plain values, and the promises that hold for every answer of Verify v1.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';

/**
 * @param {http.Agent} agent  of the URL's scheme
 * @param {string|URL} url
 * @param {{method?: string, headers?: object, body?: string|Buffer, timeoutMs?: number}} options
 * @returns {Promise<{http: number, headers: object, text: string}>} rejects when the connection breaks
 */
export function send(agent, url, { method = 'GET', headers = {}, body, timeoutMs = 30_000 } = {}) {
    return new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
        const { request: begin } = String(url).startsWith('https:') ? https : http;
        const request = begin(url, { method, agent, headers: { ...length, ...headers } }, (response) => {
            const chunks = [];
            response.on('data', (chunk) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
                const text = Buffer.concat(chunks).toString('utf8');
                resolve({ http: response.statusCode, headers: response.headers, text });
            });
        });
        request.setTimeout(timeoutMs, () =>
            request.destroy(new Error(`no answer in ${timeoutMs} ms: ${method} ${url}`)),
        );
        request.on('error', reject);
        request.end(body);
    });
}

export const basic = (key, secret) => `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;

/** Pairs or an object to `a=1&b=2`; an array as value repeats its name. */
export function encode(parameters) {
    const pairs = Array.isArray(parameters) ? parameters : Object.entries(parameters);
    return pairs
        .flatMap(([name, value]) => (Array.isArray(value) ? value.map((each) => [name, each]) : [[name, value]]))
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join('&');
}

export const v1Paths = {
    start: '/verify',
    psd2: '/verify/psd2',
    check: '/verify/check',
    search: '/verify/search',
    control: '/verify/control',
};

function everyScalarIsText(value, path) {
    if (value !== null && typeof value === 'object') {
        for (const [name, each] of Object.entries(value)) everyScalarIsText(each, `${path}.${name}`);
        return;
    }
    assert.equal(typeof value, 'string', `${path} is ${JSON.stringify(value)}, every scalar must be a string`);
}

/** What holds for every answer of Verify v1 that is HTTP 200, whatever it says. */
export function assertV1Answer(answer, format) {
    const { headers, text } = answer;
    assert.match(headers['x-request-id'] ?? '', /^\S+$/, 'X-Request-Id');
    assert.equal(headers['transfer-encoding'], undefined, 'no chunks');
    assert.equal(headers['content-length'], String(Buffer.byteLength(text)), 'Content-Length');
    if (format === 'xml') {
        assert.match(headers['content-type'], /^text\/xml(;|$)/);
        return;
    }
    assert.match(headers['content-type'], /^application\/json(;|$)/);
    const body = JSON.parse(text);
    assert.equal(text, JSON.stringify(body), 'JSON without white space');
    everyScalarIsText(body, 'answer');
    if (body.status === '0') assert.ok(!('error_text' in body), 'a success has no error_text');
    else if (/^\d+$/.test(body.status ?? '')) assert.ok(body.error_text, `status ${body.status} has an error_text`);
    if (body.status === '1') assert.match(headers['retry-after'] ?? '', /^\d+$/, 'status 1 has Retry-After');
}
