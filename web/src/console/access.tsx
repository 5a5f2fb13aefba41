// Who may come in, and who did what: users, tokens, the audit log.
import { useState } from 'preact/hooks';

import { CopyButton, Dialog, Empty, Field, Time } from '../lib/ui';
import { t } from '../texts';
import { query, useAction, useGet, type Scope, type Who } from './api';
import { Head, Load, Pager, Table, Trouble, go, usePages, whole, type Column, type Place } from './parts';

const c = t.console.access;

interface Named {
    name: string;
    scope: Scope;
    numbers: boolean;
    created: string;
    sessions?: number;
    expires?: string | null;
}

export function Access({ who }: { who: Who }) {
    const users = useGet<{ users: Named[] }>('/users');
    const tokens = useGet<{ tokens: Named[] }>('/tokens');
    const [making, setMaking] = useState<'users' | 'tokens'>();
    const { run, trouble } = useAction();
    const remove = (list: 'users' | 'tokens', name: string, loaded: { reload: () => void }) => async () => {
        if (await run(`/${list}/${encodeURIComponent(name)}`, 'DELETE')) loaded.reload();
    };
    const shared: Column<Named>[] = [
        { name: c.name, cell: (row) => <strong>{row.name}</strong>, sort: (row) => row.name },
        { name: c.scope, cell: (row) => <span class="tag accent">{row.scope}</span>, sort: (row) => row.scope },
        { name: c.numbers, cell: (row) => (row.numbers ? c.whole : c.masked) },
        { name: t.console.accounts.created, cell: (row) => <Time at={row.created} />, sort: (row) => row.created },
    ];
    return (
        <>
            <Head title={c.title} />
            <Trouble text={trouble} />
            <section class="card">
                <header>
                    <h2>{c.users}</h2>
                    <button type="button" class="plain" onClick={() => setMaking('users')}>
                        {c.newUser}
                    </button>
                </header>
                <Load of={users}>
                    {(data) => (
                        <Table
                            label={c.users}
                            rows={data.users}
                            keyOf={(row) => row.name}
                            empty={<Empty title={c.noUsers} />}
                            columns={[
                                ...shared,
                                { name: c.sessions, number: true, cell: (row) => whole(row.sessions) },
                                { name: c.change, cell: (row) => (row.name === who.user ? <span class="small muted">{c.you}</span> : <button type="button" class="quiet" onClick={remove('users', row.name, users)}>{c.remove}</button>) },
                            ]}
                        />
                    )}
                </Load>
            </section>
            <section class="card">
                <header>
                    <h2>{c.tokens}</h2>
                    <button type="button" class="plain" onClick={() => setMaking('tokens')}>
                        {c.newToken}
                    </button>
                </header>
                <Load of={tokens}>
                    {(data) => (
                        <Table
                            label={c.tokens}
                            rows={data.tokens}
                            keyOf={(row) => row.name}
                            empty={<Empty title={c.noTokens}>{c.noTokensHint}</Empty>}
                            columns={[...shared, { name: c.expires, cell: (row) => (row.expires ? <Time at={row.expires} /> : c.never) }, { name: c.change, cell: (row) => <button type="button" class="quiet" onClick={remove('tokens', row.name, tokens)}>{c.revoke}</button> }]}
                        />
                    )}
                </Load>
            </section>
            {making && (
                <Make
                    what={making}
                    close={() => {
                        setMaking(undefined);
                        users.reload();
                        tokens.reload();
                    }}
                />
            )}
        </>
    );
}

function Make({ what, close }: { what: 'users' | 'tokens'; close: () => void }) {
    const [draft, setDraft] = useState({ name: '', scope: 'read', numbers: false, password: '' });
    const [fresh, setFresh] = useState<{ token?: string }>();
    const { run, trouble, busy } = useAction();
    const make = async (event: Event) => {
        event.preventDefault();
        const { name, scope, numbers, password } = draft;
        const made = await run<{ token?: string }>(`/${what}`, 'POST', { name, scope, numbers, ...(what === 'users' && { password }) });
        if (made && what === 'users') close();
        else setFresh(made);
    };
    return (
        <Dialog title={what === 'users' ? c.newUser : c.newToken} close={close}>
            {fresh?.token ? (
                <>
                    <p class="notice warn">{t.console.accounts.once}</p>
                    <p class="row">
                        <code>{fresh.token}</code> <CopyButton text={fresh.token} />
                    </p>
                </>
            ) : (
                <form class="stack" onSubmit={make}>
                    <Field label={c.name}>
                        <input required autocomplete="off" value={draft.name} onInput={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />
                    </Field>
                    <Field label={c.scope}>
                        <select value={draft.scope} onChange={(event) => setDraft({ ...draft, scope: event.currentTarget.value })}>
                            {(['read', 'support', 'admin'] as const).map((scope) => (
                                <option key={scope} value={scope}>
                                    {c.scopes[scope]}
                                </option>
                            ))}
                        </select>
                    </Field>
                    <label class="check">
                        <input type="checkbox" checked={draft.numbers} onChange={(event) => setDraft({ ...draft, numbers: event.currentTarget.checked })} />
                        {c.seesNumbers}
                    </label>
                    {what === 'users' && (
                        <Field label={c.password}>
                            <input type="password" required autocomplete="new-password" value={draft.password} onInput={(event) => setDraft({ ...draft, password: event.currentTarget.value })} />
                        </Field>
                    )}
                    <Trouble text={trouble} />
                    <div class="row">
                        <button type="submit" disabled={busy}>
                            {c.make}
                        </button>
                    </div>
                </form>
            )}
        </Dialog>
    );
}

interface Entry {
    seq: number;
    at: string;
    who: string;
    from: string;
    action: string;
    target: string;
    detail: string;
}

export function Audit({ place }: { place: Place }) {
    const filters = place.query;
    const pages = usePages(JSON.stringify(filters));
    const found = useGet<{ entries: Entry[]; next: string | null }>(`/audit${query({ ...filters, limit: 50, after: pages.after })}`);
    const [verdict, setVerdict] = useState<{ good: boolean; entries: number; problem: string }>();
    const { run, trouble, busy } = useAction();
    const set = (name: string) => (event: Event) => go(['audit'], { ...filters, [name]: (event.currentTarget as HTMLInputElement).value });
    const columns: Column<Entry>[] = [
        { name: '#', number: true, cell: (row) => row.seq },
        { name: t.console.at, cell: (row) => <Time at={row.at} /> },
        { name: c.who, cell: (row) => row.who },
        { name: c.from, cell: (row) => <span class="num">{row.from}</span> },
        { name: c.action, cell: (row) => <code>{row.action}</code> },
        { name: c.target, cell: (row) => row.target || '–' },
        { name: c.detail, cell: (row) => row.detail },
    ];
    return (
        <>
            <Head title={c.audit}>
                <button type="button" class="plain" disabled={busy} onClick={async () => setVerdict(await run('/audit/verify', 'GET'))}>
                    {c.verify}
                </button>
            </Head>
            <Trouble text={trouble} />
            {verdict && (
                <p class={`notice ${verdict.good ? 'ok' : 'bad'}`} role="status">
                    {verdict.good ? c.good(whole(verdict.entries)) : verdict.problem}
                </p>
            )}
            <form class="filters" onSubmit={(event) => event.preventDefault()}>
                <Field label={c.who}>
                    <input value={filters.who ?? ''} placeholder="user:anna" onChange={set('who')} />
                </Field>
                <Field label={c.action}>
                    <input value={filters.action ?? ''} placeholder="account.update" onChange={set('action')} />
                </Field>
            </form>
            <section class="card">
                <Load of={found}>
                    {(data) => (
                        <>
                            <Table label={c.audit} columns={columns} rows={data.entries} keyOf={(row) => String(row.seq)} empty={<Empty title={c.noAudit}>{c.noAuditHint}</Empty>} />
                            <Pager pages={pages} next={data.next} />
                        </>
                    )}
                </Load>
            </section>
        </>
    );
}
