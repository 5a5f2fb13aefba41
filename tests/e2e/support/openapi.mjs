// Our own OpenAPI documents, and whether what a server answers is what they say.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** @param {'admin'|'verify-v1'} name */
export function readDocument(name) {
    return JSON.parse(fs.readFileSync(path.join(here, `../../../docs/api/${name}.openapi.json`), 'utf8'));
}

const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const isOf = (value, type) => type === typeOf(value) || (type === 'integer' && Number.isInteger(value));

/** What is wrong with a value, as sentences; what a schema may hold here is what our documents use. */
export function problemsOf(document, schema, value, where = 'answer') {
    const problems = [];
    const say = (what) => problems.push(`${where} ${what}: ${JSON.stringify(value)?.slice(0, 80)}`);
    if (schema.$ref) {
        const found = schema.$ref.slice(2).split('/').reduce((at, name) => at?.[name], document);
        return found ? problemsOf(document, found, value, where) : [`${where}: ${schema.$ref} is not in the document`];
    }
    if (schema.oneOf) {
        const fitting = schema.oneOf.filter((each) => problemsOf(document, each, value, where).length === 0);
        if (fitting.length !== 1) say(`fits ${fitting.length} of ${schema.oneOf.length} schemas`);
    }
    if (schema.type && ![schema.type].flat().some((type) => isOf(value, type))) {
        say(`is no ${schema.type}`);
        return problems;
    }
    if (schema.enum && !schema.enum.includes(value)) say(`is none of ${schema.enum}`);
    if ('const' in schema && value !== schema.const) say(`is not ${schema.const}`);
    if (schema.pattern && typeof value === 'string' && !new RegExp(schema.pattern, 'u').test(value)) {
        say(`is not ${schema.pattern}`);
    }
    if (schema.format === 'date-time' && typeof value === 'string') {
        if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) say('is no time');
    }
    if (typeof value === 'number' && (value < schema.minimum || value > schema.maximum)) say('is out of range');
    if (Array.isArray(value) && schema.items) {
        value.forEach((each, i) => problems.push(...problemsOf(document, schema.items, each, `${where}[${i}]`)));
    }
    if (typeOf(value) === 'object') {
        for (const name of schema.required ?? []) if (!(name in value)) say(`has no '${name}'`);
        for (const [name, each] of Object.entries(value)) {
            const known = schema.properties?.[name];
            if (known) problems.push(...problemsOf(document, known, each, `${where}.${name}`));
            else if (schema.additionalProperties === false) say(`has an unknown '${name}'`);
            else if (typeof schema.additionalProperties === 'object') {
                problems.push(...problemsOf(document, schema.additionalProperties, each, `${where}.${name}`));
            }
        }
    }
    return problems;
}

/** The path of the document that a call is one of. @param {string} where  without query, below the server's URL */
export function templateOf(document, where) {
    const parts = where.split('/');
    const fits = (template) => {
        const wanted = template.split('/');
        return wanted.length === parts.length && wanted.every((part, i) => part.startsWith('{') || part === parts[i]);
    };
    const found = Object.keys(document.paths).filter(fits);
    // A path without places is meant before one with.
    return found.sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

/** Fails unless the document has the call, and its answer is as the document says. */
export function assertDocumented(document, method, where, answer) {
    const template = templateOf(document, where.split('?')[0]);
    const operation = document.paths[template]?.[method.toLowerCase()];
    assert.ok(operation, `the document has no ${method} ${where}`);
    let said = operation.responses[answer.http];
    assert.ok(said, `${method} ${template}: the document has no ${answer.http}: ${answer.text.slice(0, 200)}`);
    if (said.$ref) said = said.$ref.slice(2).split('/').reduce((at, name) => at[name], document);
    const type = (answer.headers['content-type'] ?? '').split(';')[0];
    if (!said.content) {
        assert.equal(answer.text, '', `${method} ${template}: no body`);
        return;
    }
    assert.ok(said.content[type], `${method} ${template}: ${type} is none of ${Object.keys(said.content)}`);
    if (!type.endsWith('json')) return;
    const problems = problemsOf(document, said.content[type].schema, JSON.parse(answer.text));
    assert.deepEqual(problems, [], `${method} ${template} ${answer.http}`);
}
