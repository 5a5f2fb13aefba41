// The reference: drawn from our own OpenAPI documents, each call to be tried against this server.
import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';

import { exchange, json, whyNot, type Exchange } from '../lib/http';
import { Code, Empty, Field } from '../lib/ui';
import { t } from '../texts';
import { bodySchemaOf, exampleOf, operationsOf, propertiesOf, resolve, typeOf, type Document, type Operation, type Schema } from './openapi';

const files: Record<string, string> = { reference: 'verify-v1.openapi.json', admin: 'admin.openapi.json' };

/** The little Markdown that descriptions have: code, and paragraphs. */
function Text({ text }: { text?: string }) {
    if (!text) return null;
    return (
        <>
            {text.split('\n\n').map((paragraph, index) => (
                <p key={index}>{paragraph.split('`').map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part))}</p>
            ))}
        </>
    );
}

function Properties({ document, schema, depth = 0 }: { document: Document; schema?: Schema; depth?: number }) {
    const properties = propertiesOf(document, schema);
    if (properties.length === 0) return null;
    return (
        <ul class="properties">
            {properties.map(({ name, schema: own, required }) => {
                const inner = own.type === 'array' || own.items ? resolve(document, own.items) : own;
                return (
                    <li key={name}>
                        <p>
                            <code>{name}</code> <span class="muted small">{typeOf(document, own)}</span>{' '}
                            {required && <span class="tag">{t.reference.required}</span>}
                        </p>
                        {own.description && <Text text={own.description} />}
                        {depth < 3 && <Properties document={document} schema={inner} depth={depth + 1} />}
                    </li>
                );
            })}
        </ul>
    );
}

interface Credentials {
    user: string;
    secret: string;
}

function Try({ document, operation, credentials, of }: { document: Document; operation: Operation; credentials: Credentials; of: string }) {
    const named = operation.parameters;
    const first = () => Object.fromEntries(named.filter((each) => each.required).map((each) => [each.name, String(exampleOf(document, each.schema) ?? '')]));
    const [values, setValues] = useState<Record<string, string>>(first);
    const example = operation.example ?? exampleOf(document, bodySchemaOf(document, operation));
    const [body, setBody] = useState(operation.body ? JSON.stringify(example ?? {}, null, 2) : '');
    const [answer, setAnswer] = useState<Exchange>();
    const [trouble, setTrouble] = useState('');

    const send = async (event: Event) => {
        event.preventDefault();
        setTrouble('');
        let path = document.servers[0]!.url.replace(/\/$/, '') + operation.path;
        const query = new URLSearchParams();
        for (const { name, in: where } of named) {
            const value = values[name] ?? '';
            if (where === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
            else if (value !== '') query.set(name, value);
        }
        let parsed: unknown;
        try {
            parsed = operation.body ? JSON.parse(body || '{}') : undefined;
        } catch {
            setTrouble(t.reference.notJson);
            return;
        }
        setAnswer(await exchange(query.size > 0 ? `${path}?${query}` : path, { method: operation.method.toUpperCase(), body: parsed, headers: await headersFor(of, operation.method, credentials) }));
    };
    const other = answer && answer.status === 404 && /nothing at this path/i.test(answer.text);
    return (
        <form class="try stack" onSubmit={send}>
            {named.length > 0 && (
                <div class="grid2">
                    {named.map(({ name, required, schema }) => (
                        <Field key={name} label={name} hint={required ? t.reference.required : undefined}>
                            {schema.enum ? (
                                <select value={values[name] ?? ''} onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}>
                                    {!required && <option value="" />}
                                    {schema.enum.map((each) => (
                                        <option key={String(each)}>{String(each)}</option>
                                    ))}
                                </select>
                            ) : (
                                <input value={values[name] ?? ''} required={required} onInput={(event) => setValues({ ...values, [name]: event.currentTarget.value })} />
                            )}
                        </Field>
                    ))}
                </div>
            )}
            {operation.body && (
                <Field label={t.reference.body}>
                    <textarea class="mono" rows={Math.min(14, body.split('\n').length + 1)} spellcheck={false} value={body} onInput={(event) => setBody(event.currentTarget.value)} />
                </Field>
            )}
            <div class="row">
                <button type="submit">{t.reference.send}</button>
                {answer && (
                    <span class="small muted" role="status">
                        {answer.status === 0 ? whyNot(answer) : `HTTP ${answer.status} · ${answer.ms} ms`}
                    </span>
                )}
            </div>
            {trouble && <p class="notice bad">{trouble}</p>}
            {other && <p class="notice warn">{t.reference.otherPort}</p>}
            {answer && answer.text && <Code label={t.reference.answer} text={json(answer) ? JSON.stringify(json(answer), null, 2) : answer.text} />}
        </form>
    );
}

/** Verify takes Basic; the operator's calls take a token, or the cookie of the console with its CSRF token. */
async function headersFor(of: string, method: string, { user, secret }: Credentials): Promise<Record<string, string>> {
    if (of === 'reference') return user ? { Authorization: `Basic ${btoa(`${user}:${secret}`)}` } : {};
    if (secret) return { Authorization: `Bearer ${secret}` };
    if (method === 'get') return {};
    const csrf = json<{ csrf?: string }>(await exchange('/admin/v1/session'))?.csrf;
    return csrf ? { 'X-CSRF-Token': csrf } : {};
}

function Call({ document, operation, credentials, of }: { document: Document; operation: Operation; credentials: Credentials; of: string }) {
    const [trying, setTrying] = useState(false);
    return (
        <article class="operation" id={operation.id}>
            <h3>
                <span class={`method ${operation.method}`}>{operation.method.toUpperCase()}</span> <code>{operation.path}</code>
                {operation.scope && <span class="tag accent">{operation.scope}</span>}
            </h3>
            <p>
                <strong>{operation.summary}</strong>
            </p>
            <Text text={operation.description} />
            {operation.parameters.length > 0 && (
                <>
                    <h4>{t.reference.parameters}</h4>
                    <ul class="properties">
                        {operation.parameters.map((each) => (
                            <li key={each.name}>
                                <p>
                                    <code>{each.name}</code> <span class="muted small">{each.in} · {typeOf(document, each.schema)}</span>{' '}
                                    {each.required && <span class="tag">{t.reference.required}</span>}
                                </p>
                                <Text text={each.description ?? each.schema.description} />
                            </li>
                        ))}
                    </ul>
                </>
            )}
            {operation.body && (
                <>
                    <h4>{t.reference.body}</h4>
                    <Properties document={document} schema={bodySchemaOf(document, operation)} />
                </>
            )}
            <h4>{t.reference.answers}</h4>
            {operation.responses.map(({ code, description, schema, example }) => (
                <details key={code} class="answer">
                    <summary>
                        <span class={`tag ${code.startsWith('2') ? 'ok' : 'warn'}`}>{code}</span> {description}
                    </summary>
                    {example !== undefined && <Code label={`${t.reference.example} ${code}`} text={typeof example === 'string' ? example : JSON.stringify(example, null, 2)} />}
                    <Properties document={document} schema={schema} />
                </details>
            ))}
            <button type="button" class="plain" aria-expanded={trying} onClick={() => setTrying(!trying)}>
                {t.reference.try}
            </button>
            {trying && <Try document={document} operation={operation} credentials={credentials} of={of} />}
        </article>
    );
}

function Reference({ of }: { of: string }) {
    const [document, setDocument] = useState<Document>();
    const [trouble, setTrouble] = useState('');
    const [credentials, setCredentials] = useState<Credentials>({ user: '', secret: '' });
    useEffect(() => {
        void exchange(`/docs/${files[of]}`).then((answer) => {
            const read = json<Document>(answer);
            if (read) setDocument(read);
            else setTrouble(whyNot(answer));
        });
    }, [of]);
    const groups = useMemo(() => (document ? operationsOf(document) : []), [document]);
    useEffect(() => {
        if (groups.length > 0 && location.hash) window.document.getElementById(location.hash.slice(1))?.scrollIntoView();
    }, [groups]);
    if (trouble) return <Empty title={t.reference.missing}>{trouble}</Empty>;
    if (!document) return <p class="muted">{t.reference.loading}</p>;
    const verify = of === 'reference';
    return (
        <div class="stack reference">
            <Text text={document.info.description} />
            <section class="card stack" aria-label={t.reference.credentials}>
                <h2>{t.reference.credentials}</h2>
                <div class="grid2">
                    {verify && (
                        <Field label={t.key}>
                            <input autocomplete="off" value={credentials.user} onInput={(event) => setCredentials({ ...credentials, user: event.currentTarget.value })} />
                        </Field>
                    )}
                    <Field label={verify ? t.secret : t.reference.token}>
                        <input type="password" autocomplete="off" value={credentials.secret} onInput={(event) => setCredentials({ ...credentials, secret: event.currentTarget.value })} />
                    </Field>
                </div>
                <p class="small muted">{verify ? t.reference.credentialsHint : t.reference.tokenHint}</p>
            </section>
            <nav aria-label={t.reference.calls}>
                <ul class="calls">
                    {groups.flatMap((group) =>
                        group.operations.map((each) => (
                            <li key={each.id}>
                                <a href={`#${each.id}`}>
                                    <span class={`method ${each.method}`}>{each.method.toUpperCase()}</span> {each.summary}
                                </a>
                            </li>
                        )),
                    )}
                </ul>
            </nav>
            {groups.map((group) => (
                <section key={group.name} class="group">
                    <h2 id={`group-${group.name}`}>{group.description ?? group.name}</h2>
                    {group.operations.map((operation) => (
                        <Call key={operation.id} document={document} operation={operation} credentials={credentials} of={of} />
                    ))}
                </section>
            ))}
            {document['x-statuses'] && (
                <section class="group">
                    <h2 id="statuses">{t.reference.statuses}</h2>
                    <div class="table" tabIndex={0} role="region" aria-label={t.reference.statuses}>
                        <table>
                            <tbody>
                                {Object.entries(document['x-statuses'])
                                    .sort(([a], [b]) => Number(a) - Number(b))
                                    .map(([status, meaning]) => (
                                        <tr key={status}>
                                            <th scope="row">{status}</th>
                                            <td>
                                                <Text text={meaning} />
                                            </td>
                                        </tr>
                                    ))}
                            </tbody>
                        </table>
                    </div>
                </section>
            )}
        </div>
    );
}

export function drawReference(mount: HTMLElement) {
    render(<Reference of={mount.dataset.document ?? 'reference'} />, mount);
}
