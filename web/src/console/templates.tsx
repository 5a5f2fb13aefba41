// An account's own texts, written with a live preview: how the message reads, in which alphabet, in how many segments.
import { useEffect, useState } from 'preact/hooks';

import { json, whyNot } from '../lib/http';
import { Empty, Field } from '../lib/ui';
import { t } from '../texts';
import { ask, good, may, query, useAction, useGet, type Account, type Preview, type Template, type Who } from './api';
import { Head, Load, State, Table, Trouble, go, type Column, type Place } from './parts';

const m = t.console.templates;

interface Language {
    lg: string;
    verify: boolean;
    psd2: boolean;
}

export function Templates({ place, who }: { place: Place; who: Who }) {
    const accounts = useGet<{ accounts: Account[] }>('/accounts');
    const languages = useGet<{ languages: Language[] }>('/templates/languages');
    return (
        <>
            <Head title={m.title} />
            <Load of={accounts}>
                {(data) =>
                    data.accounts.length === 0 ? (
                        <Empty title={t.console.accounts.none}>{t.console.accounts.noneHint}</Empty>
                    ) : (
                        <Load of={languages}>{(known) => <Editor account={place.query.account ?? data.accounts[0]!.key} accounts={data.accounts} languages={known.languages} who={who} />}</Load>
                    )
                }
            </Load>
        </>
    );
}

function Editor({ account, accounts, languages, who }: { account: string; accounts: Account[]; languages: Language[]; who: Who }) {
    const path = `/accounts/${encodeURIComponent(account)}/templates`;
    const found = useGet<{ templates: Template[] }>(path);
    const [lg, setLg] = useState('en-us');
    const [channel, setChannel] = useState<'sms' | 'voice'>('sms');
    const [text, setText] = useState('');
    const [brand, setBrand] = useState('Acme');
    const { run, trouble, busy } = useAction();
    const [done, setDone] = useState(false);
    const allowed = may(who, 'admin');

    const save = async (event: Event) => {
        event.preventDefault();
        if (await run(path, 'POST', { action_type: channel, lg, template: text })) {
            setDone(true);
            found.reload();
        }
    };
    const columns: Column<Template>[] = [
        { name: t.console.language, cell: (row) => row.lg, sort: (row) => row.lg },
        { name: m.channel, cell: (row) => m.channels[row.action_type] },
        { name: m.version, number: true, cell: (row) => row.version, sort: (row) => row.version },
        { name: t.console.status, cell: (row) => <State of={row.status} /> },
        { name: m.text, cell: (row) => <span class="template-text">{row.template ?? m.recordings}</span> },
        {
            name: m.change,
            cell: (row) => (
                <span class="row">
                    {row.template && (
                        <button
                            type="button"
                            class="quiet"
                            onClick={() => {
                                setLg(row.lg);
                                setChannel(row.action_type);
                                setText(row.template!);
                                setDone(false);
                            }}
                        >
                            {m.edit}
                        </button>
                    )}
                    {allowed && row.status === 'PENDING' && (
                        <button type="button" class="plain" onClick={async () => (await run(`${path}/approve`, 'POST', { action_type: row.action_type, lg: row.lg, version: row.version })) && found.reload()}>
                            {m.approve}
                        </button>
                    )}
                    {allowed && (
                        <button type="button" class="quiet" onClick={async () => (await run(`${path}${query({ action_type: row.action_type, lg: row.lg, version: row.version })}`, 'DELETE')) && found.reload()}>
                            {m.remove}
                        </button>
                    )}
                </span>
            ),
        },
    ];
    return (
        <>
            <form class="filters" onSubmit={(event) => event.preventDefault()}>
                <Field label={t.console.account}>
                    <select value={account} onChange={(event) => go(['templates'], { account: event.currentTarget.value })}>
                        {accounts.map((each) => (
                            <option key={each.key}>{each.key}</option>
                        ))}
                    </select>
                </Field>
            </form>
            <div class="halves editor">
                <form class="card stack" onSubmit={save}>
                    <div class="grid2">
                        <Field label={t.console.language}>
                            <select value={lg} data-testid="template-language" onChange={(event) => setLg(event.currentTarget.value)}>
                                {languages.map((each) => (
                                    <option key={each.lg}>{each.lg}</option>
                                ))}
                            </select>
                        </Field>
                        <Field label={m.channel}>
                            <select value={channel} onChange={(event) => setChannel(event.currentTarget.value as 'sms')}>
                                <option value="sms">{m.channels.sms}</option>
                                <option value="voice">{m.channels.voice}</option>
                            </select>
                        </Field>
                        <Field label={m.brand}>
                            <input value={brand} maxLength={18} onInput={(event) => setBrand(event.currentTarget.value)} />
                        </Field>
                    </div>
                    <Field label={m.text} hint={m.textHint}>
                        <textarea data-testid="template-text" rows={4} value={text} placeholder={m.placeholder} onInput={(event) => { setText(event.currentTarget.value); setDone(false); }} />
                    </Field>
                    <Trouble text={trouble} />
                    {done && (
                        <p class="notice ok" role="status">
                            {t.console.saved}
                        </p>
                    )}
                    {allowed && (
                        <div class="row">
                            <button type="submit" data-testid="template-save" disabled={busy || text.trim() === ''}>
                                {m.save}
                            </button>
                        </div>
                    )}
                </form>
                <LivePreview channel={channel} lg={lg} text={text} brand={brand} />
            </div>
            <section class="card">
                <Load of={found}>{(data) => <Table label={m.title} columns={columns} rows={data.templates} keyOf={(row) => `${row.action_type}/${row.lg}/${row.version}`} empty={<Empty title={m.none}>{m.noneHint}</Empty>} />}</Load>
            </section>
        </>
    );
}

function LivePreview({ channel, lg, text, brand }: { channel: 'sms' | 'voice'; lg: string; text: string; brand: string }) {
    const [shown, setShown] = useState<{ previews: Preview[]; warnings: string[] }>();
    const [trouble, setTrouble] = useState('');
    useEffect(() => {
        let overtaken = false;
        const timer = setTimeout(async () => {
            const answer = await ask('/templates/preview', 'POST', { channel: channel === 'sms' ? 'sms' : 'tts', lg, brand: brand || 'Acme', ...(text.trim() && { template: text }) });
            if (overtaken) return;
            setTrouble(good(answer) ? '' : whyNot(answer));
            if (good(answer)) setShown(json(answer));
        }, 200);
        return () => {
            overtaken = true;
            clearTimeout(timer);
        };
    }, [channel, lg, text, brand]);
    const preview = shown?.previews[0];
    return (
        <section class="card stack preview" aria-label={m.preview} aria-live="polite">
            <h2>{text.trim() ? m.preview : m.standard}</h2>
            <Trouble text={trouble} />
            {preview && !trouble && (
                <>
                    <p class="preview-bubble" dir="auto" lang={preview.lg.slice(0, 2)} data-testid="template-preview">
                        {preview.text}
                    </p>
                    {preview.encoding !== 'speech' && (
                        <>
                            <p class="row small">
                                <span class={`tag ${preview.segments > 1 ? 'warn' : 'ok'}`} data-testid="segments">
                                    {m.segments(preview.segments)}
                                </span>
                                <span class="muted num">{m.length(preview.length, preview.segment_length, preview.encoding)}</span>
                            </p>
                            <div class="meter" aria-hidden="true">
                                <span style={{ width: `${Math.min(100, (preview.length / Math.max(1, preview.segments * preview.segment_length)) * 100)}%` }} />
                            </div>
                        </>
                    )}
                    {shown.warnings.map((warning) => (
                        <p key={warning} class="notice warn">
                            {warning}
                        </p>
                    ))}
                </>
            )}
        </section>
    );
}
