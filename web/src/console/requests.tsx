// Searching requests, and what was refused; CSV of everything that a search finds.
import { useRef, useState } from 'preact/hooks';

import { whyNot, json } from '../lib/http';
import { Empty, Field, Time } from '../lib/ui';
import { t } from '../texts';
import { ask, good, query, useGet, type Refusal, type Summary, type Who } from './api';
import { Head, Load, Pager, State, Table, Trouble, go, hashOf, usePages, valueOf, whole, type Column, type Place } from './parts';

const statuses = ['in_progress', 'success', 'failed', 'expired', 'cancelled'];
const pageSize = 50;

/** What is typed is an id or a number; both are found by one box. */
export function searchOf(text: string): Record<string, string> {
    const bare = text.trim();
    if (bare === '') return {};
    if (/^[0-9a-fA-F-]{32,36}$/.test(bare)) return { id: bare.replace(/-/g, '').toLowerCase() };
    return { number: bare.replace(/[\s().-]/g, '').replace(/^00/, '').replace(/^\+/, '') };
}

export function Requests({ place, who }: { place: Place; who: Who }) {
    const { search = '', reveal, ...filters } = place.query;
    const shared = { ...searchOf(search), ...filters, reveal };
    const pages = usePages(JSON.stringify(shared));
    const found = useGet<{ requests: Summary[]; next: string | null }>(`/requests${query({ ...shared, limit: pageSize, after: pages.after })}`);
    const set = (name: string) => (event: Event) => go(['requests'], { ...place.query, [name]: valueOf(event) });
    const columns: Column<Summary>[] = [
        { name: t.console.submitted, cell: (row) => <Time at={row.submitted} /> },
        { name: t.console.number, cell: (row) => <a class="num" href={hashOf(['requests', row.request_id])}>{row.number ? `+${row.number.replace(/^\+/, '')}` : t.console.erased}</a> },
        { name: t.console.status, cell: (row) => <State of={row.status} /> },
        { name: t.console.account, cell: (row) => <a href={hashOf(['accounts', row.account])}>{row.account}</a> },
        { name: t.console.dimensions.country!, cell: (row) => row.country || '–' },
        { name: t.console.lastEvent, cell: (row) => row.last_event ? <span>{t.console.channels[row.last_event.channel]} <span class="muted">{row.last_event.route}</span> <State of={row.last_event.state} /></span> : '–' },
        { name: t.console.id, cell: (row) => <code class="small">{row.request_id.slice(0, 8)}…</code> },
    ];
    return (
        <>
            <Head title={t.console.requests}>
                <Export path="/requests" shared={shared} list="requests" name="requests" />
            </Head>
            <form
                class="filters"
                role="search"
                onSubmit={(event) => {
                    event.preventDefault();
                    const value = new FormData(event.currentTarget).get('search') as string;
                    const { id } = searchOf(value);
                    if (id) go(['requests', id]);
                    else go(['requests'], { ...place.query, search: value });
                }}
            >
                <Field label={t.console.search} hint={t.console.searchHint}>
                    <input name="search" type="search" data-testid="search-box" defaultValue={search} key={search} />
                </Field>
                <Field label={t.console.status}>
                    <select value={filters.status ?? ''} onChange={set('status')}>
                        <option value="">{t.console.any}</option>
                        {statuses.map((each) => (
                            <option key={each} value={each}>
                                {t.console.states[each]}
                            </option>
                        ))}
                    </select>
                </Field>
                <Field label={t.console.account}>
                    <input value={filters.account ?? ''} placeholder={t.console.any} onChange={set('account')} />
                </Field>
                <Field label={t.console.dimensions.country!}>
                    <input value={filters.country ?? ''} maxLength={2} placeholder={t.console.any} onChange={set('country')} class="upper" />
                </Field>
                <Field label={t.console.dimensions.route!}>
                    <input value={filters.route ?? ''} placeholder={t.console.any} onChange={set('route')} />
                </Field>
                <button type="submit">{t.console.find}</button>
                {who.numbers && (
                    <label class="check">
                        <input type="checkbox" checked={reveal === 'number'} onChange={() => go(['requests'], { ...place.query, reveal: reveal ? undefined : 'number' })} />
                        {t.console.reveal}
                    </label>
                )}
            </form>
            <section class="card">
                <Load of={found}>
                    {(data) => (
                        <>
                            <Table label={t.console.requests} columns={columns} rows={data.requests} keyOf={(row) => row.request_id} empty={<Empty title={t.console.noRequests}>{t.console.noRequestsHint}</Empty>} />
                            <Pager pages={pages} next={data.next} />
                        </>
                    )}
                </Load>
            </section>
        </>
    );
}

export function Refusals({ place }: { place: Place }) {
    const { search = '', ...filters } = place.query;
    const shared = { ...searchOf(search), ...filters };
    const pages = usePages(JSON.stringify(shared));
    const found = useGet<{ refusals: Refusal[]; next: string | null; dropped: number }>(`/refusals${query({ ...shared, limit: pageSize, after: pages.after })}`);
    const set = (name: string) => (event: Event) => go(['refusals'], { ...place.query, [name]: valueOf(event) });
    const columns: Column<Refusal>[] = [
        { name: t.console.at, cell: (row) => <Time at={row.at} /> },
        { name: t.console.number, cell: (row) => (row.number ? <span class="num">{row.number}</span> : '–') },
        { name: t.console.call, cell: (row) => row.call },
        { name: t.console.status, number: true, cell: (row) => row.status },
        { name: t.console.rule, cell: (row) => <code>{row.rule}</code> },
        { name: t.console.why, cell: (row) => row.reason },
        { name: t.console.account, cell: (row) => row.account || '–' },
    ];
    return (
        <>
            <Head title={t.console.refusals}>
                <Export path="/refusals" shared={shared} list="refusals" name="refusals" />
            </Head>
            <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
                <Field label={t.console.number}>
                    <input type="search" data-testid="search-box" value={search} onChange={set('search')} />
                </Field>
                <Field label={t.console.rule}>
                    <input value={filters.rule ?? ''} placeholder={t.console.any} onChange={set('rule')} />
                </Field>
                <Field label={t.console.status}>
                    <input value={filters.status ?? ''} inputMode="numeric" placeholder={t.console.any} onChange={set('status')} />
                </Field>
                <Field label={t.console.account}>
                    <input value={filters.account ?? ''} placeholder={t.console.any} onChange={set('account')} />
                </Field>
            </form>
            <section class="card">
                <Load of={found}>
                    {(data) => (
                        <>
                            {data.dropped > 0 && <p class="notice warn">{t.console.dropped(data.dropped)}</p>}
                            <Table label={t.console.refusals} columns={columns} rows={data.refusals} keyOf={(row) => row.id} empty={<Empty title={t.console.noRefusals}>{t.console.noRefusalsHint}</Empty>} />
                            <Pager pages={pages} next={data.next} />
                        </>
                    )}
                </Load>
            </section>
        </>
    );
}

type Row = Record<string, unknown>;

/** One line of CSV (RFC 4180); a text that a spreadsheet would run as a formula gets a quote before it. */
export function csvLine(values: unknown[]): string {
    return values
        .map((value) => {
            const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
            const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d[\d.]*$/.test(text) ? `'${text}` : text;
            return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
        })
        .join(',');
}

/** Reads page after page of a list, says how far it is, and hands the browser one file. */
function Export({ path, shared, list, name }: { path: string; shared: Record<string, string | undefined>; list: string; name: string }) {
    const [rows, setRows] = useState<number>();
    const [trouble, setTrouble] = useState('');
    const stop = useRef(false);
    const run = async () => {
        stop.current = false;
        setTrouble('');
        setRows(0);
        const lines: string[] = [];
        let columns: string[] = [];
        let after: string | null | undefined;
        do {
            const answer = await ask(`${path}${query({ ...shared, limit: 200, after: after ?? undefined })}`);
            if (!good(answer)) {
                setTrouble(whyNot(answer));
                setRows(undefined);
                return;
            }
            const page = json<Record<string, unknown>>(answer) ?? {};
            const found = (page[list] ?? []) as Row[];
            if (columns.length === 0 && found[0]) {
                columns = Object.keys(found[0]);
                lines.push(csvLine(columns));
            }
            for (const row of found) lines.push(csvLine(columns.map((column) => row[column])));
            after = page.next as string | null;
            setRows(Math.max(0, lines.length - 1));
        } while (after && !stop.current);
        setRows(undefined);
        if (stop.current) return;
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' }));
        link.download = `roger-${name}.csv`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
    return (
        <>
            <Trouble text={trouble} />
            {rows !== undefined && (
                <span class="small muted num" role="status">
                    {t.console.exporting(whole(rows))}
                </span>
            )}
            <button type="button" class="plain" data-testid="export-csv" onClick={() => (rows === undefined ? void run() : (stop.current = true))}>
                {rows === undefined ? t.console.exportCsv : t.console.stop}
            </button>
        </>
    );
}
