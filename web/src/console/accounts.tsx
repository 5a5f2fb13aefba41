// Accounts: made, changed, rotated; their secrets are shown once.
import { useState } from 'preact/hooks';

import { CopyButton, Dialog, Empty, Field, Time } from '../lib/ui';
import { t } from '../texts';
import { may, useAction, useGet, type Account, type Cap, type Who } from './api';
import { Caps, Reach } from './account_limits';
import { Head, Load, Table, Trouble, go, hashOf, money, type Column } from './parts';

interface Secrets {
    key: string;
    secret: string;
    signature_secret?: string;
}

const a = t.console.accounts;

export function Accounts({ who }: { who: Who }) {
    const found = useGet<{ accounts: Account[] }>('/accounts');
    const [making, setMaking] = useState(false);
    const columns: Column<Account>[] = [
        { name: t.key, cell: (row) => <a href={hashOf(['accounts', row.key])}>{row.key}</a>, sort: (row) => row.key },
        { name: t.console.status, cell: (row) => <Tags of={row} /> },
        { name: a.rate, number: true, cell: (row) => row.rate ?? a.byDefault, sort: (row) => row.rate ?? -1 },
        { name: a.price, number: true, cell: (row) => `${money(row.price)} ${row.currency}` },
        { name: a.retention, number: true, cell: (row) => a.days(row.retention_days), sort: (row) => row.retention_days },
        { name: a.created, cell: (row) => <Time at={row.created} />, sort: (row) => row.created },
    ];
    return (
        <>
            <Head title={t.console.accountsTitle}>
                {may(who, 'admin') && (
                    <button type="button" onClick={() => setMaking(true)}>
                        {a.create}
                    </button>
                )}
            </Head>
            <section class="card">
                <Load of={found}>{(data) => <Table label={t.console.accountsTitle} columns={columns} rows={data.accounts} keyOf={(row) => row.key} empty={<Empty title={a.none}>{a.noneHint}</Empty>} />}</Load>
            </section>
            {making && (
                <Create
                    close={() => {
                        setMaking(false);
                        found.reload();
                    }}
                />
            )}
        </>
    );
}

function Tags({ of }: { of: Account }) {
    const tags = [
        of.disabled && <span class="tag bad">{a.disabled}</span>,
        of.barred && <span class="tag bad">{a.barred}</span>,
        of.demo && <span class="tag warn">{a.demo}</span>,
    ].filter(Boolean);
    return <span class="row">{tags.length > 0 ? tags : <span class="tag ok">{a.active}</span>}</span>;
}

function Create({ close }: { close: () => void }) {
    const [key, setKey] = useState('');
    const [rate, setRate] = useState('');
    const [secrets, setSecrets] = useState<Secrets>();
    const { run, trouble, busy } = useAction();
    const make = async (event: Event) => {
        event.preventDefault();
        setSecrets(await run<Secrets>('/accounts', 'POST', { ...(key && { key }), ...(rate && { rate: Number(rate) }) }));
    };
    return (
        <Dialog title={a.create} close={close}>
            {secrets ? (
                <Shown secrets={secrets} />
            ) : (
                <form class="stack" onSubmit={make}>
                    <Field label={t.key} hint={a.keyHint}>
                        <input value={key} autocomplete="off" onInput={(event) => setKey(event.currentTarget.value)} />
                    </Field>
                    <Field label={a.rate} hint={a.rateHint}>
                        <input value={rate} inputMode="decimal" placeholder={a.byDefault} onInput={(event) => setRate(event.currentTarget.value)} />
                    </Field>
                    <Trouble text={trouble} />
                    <div class="row">
                        <button type="submit" disabled={busy}>
                            {a.create}
                        </button>
                    </div>
                </form>
            )}
        </Dialog>
    );
}

function Shown({ secrets }: { secrets: Secrets }) {
    const rows: [string, string][] = [
        [t.key, secrets.key],
        [t.secret, secrets.secret],
        ...(secrets.signature_secret ? ([[a.signatureSecret, secrets.signature_secret]] as [string, string][]) : []),
    ];
    return (
        <div class="stack" data-testid="fresh-secrets">
            <p class="notice warn">{a.once}</p>
            <dl class="facts">
                {rows.map(([name, value]) => (
                    <>
                        <dt>{name}</dt>
                        <dd class="row">
                            <code>{value}</code> <CopyButton text={value} />
                        </dd>
                    </>
                ))}
            </dl>
        </div>
    );
}

const rights = ['pin_code', 'lenient_cancel', 'six_digits', 'template_review', 'demo', 'barred', 'disabled'] as const;

export function AccountPage({ account: key, who }: { account: string; who: Who }) {
    const found = useGet<Account>(`/accounts/${encodeURIComponent(key)}`);
    const [secrets, setSecrets] = useState<Secrets>();
    const [asking, setAsking] = useState(false);
    const rotating = useAction();
    const rotate = async () => {
        const fresh = await rotating.run<Secrets>(`/accounts/${encodeURIComponent(key)}/secrets`, 'POST', {});
        if (fresh) setSecrets({ ...fresh, key });
        found.reload();
    };
    return (
        <>
            <Head title={key}>
                <a class="button plain" href={hashOf(['requests'], { account: key })}>
                    {t.console.requests}
                </a>
                <a class="button plain" href={hashOf(['templates'], { account: key })}>
                    {t.console.templates.title}
                </a>
                {may(who, 'admin') && (
                    <button type="button" class="plain" data-testid="rotate" onClick={() => setAsking(true)}>
                        {a.rotate}
                    </button>
                )}
            </Head>
            <Load of={found}>{(account) => <Edit account={account} who={who} saved={found.reload} />}</Load>
            {asking && (
                <Dialog
                    title={a.rotate}
                    close={() => {
                        setAsking(false);
                        setSecrets(undefined);
                    }}
                >
                    {secrets ? (
                        <Shown secrets={secrets} />
                    ) : (
                        <>
                            <p>{a.rotateHint}</p>
                            <Trouble text={rotating.trouble} />
                            <div class="row">
                                <button type="button" data-testid="rotate-go" disabled={rotating.busy} onClick={rotate}>
                                    {a.rotate}
                                </button>
                            </div>
                        </>
                    )}
                </Dialog>
            )}
        </>
    );
}

function Edit({ account, who, saved }: { account: Account; who: Who; saved: () => void }) {
    const [edit, setEdit] = useState<Partial<Record<keyof Account, unknown>>>({});
    const [approve, setApprove] = useState('');
    const [done, setDone] = useState(false);
    const { run, trouble, busy } = useAction();
    const locked = !may(who, 'admin');
    const value = (name: keyof Account) => (edit[name] !== undefined ? edit[name] : account[name]);
    const put = (name: keyof Account, to: unknown) => {
        setDone(false);
        setEdit({ ...edit, [name]: to });
    };
    const save = async (event: Event) => {
        event.preventDefault();
        const numbers = approve.split(/[\s,;]+/).filter(Boolean);
        // A cap that is gone is one with the amount null.
        const gone = edit.caps ? (account.caps ?? []).filter((old) => !(edit.caps as Cap[]).some((cap) => cap.period === old.period && cap.scope === old.scope)) : [];
        const caps = edit.caps ? { caps: [...(edit.caps as Cap[]), ...gone.map(({ period, scope }) => ({ period, scope, amount: null }))] } : {};
        if (await run(`/accounts/${encodeURIComponent(account.key)}`, 'PATCH', { ...edit, ...caps, ...(numbers.length > 0 && { approve: numbers }) })) {
            setEdit({});
            setApprove('');
            setDone(true);
            saved();
        }
    };
    const numeric = (name: 'rate' | 'burst') => (
        <Field label={a[name]} hint={a.rateHint}>
            <input disabled={locked} inputMode="decimal" placeholder={a.byDefault} value={String(value(name) ?? '')} onInput={(event) => put(name, event.currentTarget.value === '' ? null : Number(event.currentTarget.value))} />
        </Field>
    );
    const text = (name: 'price' | 'currency' | 'app_hash' | 'domain') => (
        <Field label={a[name]}>
            <input disabled={locked} value={String(value(name) ?? '')} onInput={(event) => put(name, event.currentTarget.value)} />
        </Field>
    );
    return (
        <form class="stack" onSubmit={save}>
            <section class="card">
                <header>
                    <h2>{a.limits}</h2>
                    <Tags of={account} />
                </header>
                <div class="grid2">
                    {numeric('rate')}
                    {numeric('burst')}
                    {text('price')}
                    {text('currency')}
                    <Field label={a.retention}>
                        <input disabled={locked} inputMode="numeric" value={String(value('retention_days'))} onInput={(event) => put('retention_days', Number(event.currentTarget.value))} />
                    </Field>
                </div>
            </section>
            <section class="card">
                <header>
                    <h2>{a.rights}</h2>
                </header>
                <div class="rights">
                    {rights.map((name) => (
                        <label key={name} class="check">
                            <input type="checkbox" disabled={locked} checked={Boolean(value(name))} onChange={(event) => put(name, event.currentTarget.checked)} />
                            <span>
                                {a.rightNames[name]}
                                <span class="small muted"> · {a.rightHints[name]}</span>
                            </span>
                        </label>
                    ))}
                </div>
                {Boolean(value('demo')) && (
                    <Field label={a.approve} hint={a.approved(account.approved)}>
                        <input disabled={locked} value={approve} onInput={(event) => setApprove(event.currentTarget.value)} />
                    </Field>
                )}
            </section>
            {account.caps !== undefined && <Reach value={value} put={put} locked={locked} />}
            {account.caps !== undefined && <Caps caps={(edit.caps as Cap[] | undefined) ?? account.caps} put={(caps) => put('caps', caps)} currency={account.currency} locked={locked} />}
            <section class="card">
                <header>
                    <h2>{a.autofill}</h2>
                </header>
                <div class="grid2">
                    {text('app_hash')}
                    {text('domain')}
                </div>
            </section>
            <section class="card">
                <dl class="facts">
                    <dt>{a.secrets}</dt>
                    <dd>{account.secrets}</dd>
                    <dt>{a.signature}</dt>
                    <dd>{account.signature_method}</dd>
                    <dt>{a.created}</dt>
                    <dd>
                        <Time at={account.created} />
                    </dd>
                </dl>
            </section>
            <Trouble text={trouble} />
            {done && (
                <p class="notice ok" role="status">
                    {t.console.saved}
                </p>
            )}
            {!locked && (
                <div class="row">
                    <button type="submit" disabled={busy || (Object.keys(edit).length === 0 && approve === '')}>
                        {t.console.save}
                    </button>
                    <button type="button" class="plain" onClick={() => go(['accounts'])}>
                        {t.console.back}
                    </button>
                </div>
            )}
        </form>
    );
}
