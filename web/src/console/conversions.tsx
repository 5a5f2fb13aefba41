// Who gets verified, how fast, by country, network, channel and route, with history.
import { useMemo, useState } from 'preact/hooks';

import { Empty, Field } from '../lib/ui';
import { t } from '../texts';
import { query, useGet, type ConversionRow, type Conversions } from './api';
import { Chart } from './chart';
import { Funnel } from './overview';
import { Head, Load, Table, go, percent, valueOf, whole, type Column, type Place } from './parts';

const dimensions = ['country', 'network', 'channel', 'route'] as const;
const spans: Record<string, number> = { '24h': 24, '7d': 168, '30d': 720 };

const seconds = (value: number | null) => (value === null ? '–' : value < 100 ? `${Math.round(value * 10) / 10} s` : `${Math.round(value)} s`);

export function ConversionsPage({ place }: { place: Place }) {
    const { by = 'country', span = '24h', ...filters } = place.query;
    const [now] = useState(Date.now());
    const from = new Date(now - (spans[span] ?? 24) * 3600_000).toISOString();
    const shared = { from, ...filters };
    const table = useGet<Conversions>(`/conversions${query({ by, ...shared })}`);
    const history = useGet<Conversions>(`/conversions${query({ by: 'hour', ...shared })}`);
    const set = (name: string) => (event: Event) => go(['conversions'], { ...place.query, [name]: valueOf(event) });

    const columns: Column<ConversionRow>[] = [
        { name: t.console.dimensions[by] ?? by, cell: (row) => row[by as 'country'] || t.console.unknown, sort: (row) => row[by as 'country'] ?? '' },
        { name: t.console.started, number: true, cell: (row) => whole(row.started), sort: (row) => row.started },
        { name: t.console.delivered, number: true, cell: (row) => whole(row.delivered), sort: (row) => row.delivered },
        { name: t.console.converted, number: true, cell: (row) => whole(row.converted), sort: (row) => row.converted },
        { name: t.console.conversion, number: true, cell: (row) => percent(row.conversion), sort: (row) => row.conversion ?? -1 },
        { name: t.console.failed, number: true, cell: (row) => whole(row.failed), sort: (row) => row.failed },
        { name: t.console.expired, number: true, cell: (row) => whole(row.expired), sort: (row) => row.expired },
        { name: t.console.half, number: true, cell: (row) => seconds(row.time_to_verify.p50), sort: (row) => row.time_to_verify.p50 ?? -1 },
        { name: t.console.nine, number: true, cell: (row) => seconds(row.time_to_verify.p90), sort: (row) => row.time_to_verify.p90 ?? -1 },
    ];
    return (
        <>
            <Head title={t.console.conversions} />
            <form class="filters" onSubmit={(event) => event.preventDefault()}>
                <Field label={t.console.by}>
                    <select value={by} onChange={set('by')}>
                        {dimensions.map((each) => (
                            <option key={each} value={each}>
                                {t.console.dimensions[each]}
                            </option>
                        ))}
                    </select>
                </Field>
                <Field label={t.console.span}>
                    <select value={span} onChange={set('span')}>
                        {Object.keys(spans).map((each) => (
                            <option key={each} value={each}>
                                {t.console.spans[each]}
                            </option>
                        ))}
                    </select>
                </Field>
                <Field label={t.console.dimensions.country!}>
                    <input value={filters.country ?? ''} maxLength={2} placeholder={t.console.any} onChange={set('country')} class="upper" />
                </Field>
                <Field label={t.console.dimensions.route!}>
                    <input value={filters.route ?? ''} placeholder={t.console.any} onChange={set('route')} />
                </Field>
                <Field label={t.console.account}>
                    <input value={filters.account ?? ''} placeholder={t.console.any} onChange={set('account')} />
                </Field>
            </form>
            <Load of={history}>{(data) => <History of={data} />}</Load>
            <section class="card">
                <Load of={table}>
                    {(data) => <Table label={t.console.conversions} columns={columns} rows={data.rows} keyOf={(row) => row[by as 'country'] ?? ''} empty={<Empty title={t.console.nothingYet}>{t.console.nothingYetHint}</Empty>} />}
                </Load>
            </section>
        </>
    );
}

function History({ of }: { of: Conversions }) {
    const { times, lines, speed } = useMemo(() => {
        const rows = of.rows.filter((row) => row.hour);
        const times = rows.map((row) => Date.parse(row.hour!) / 1000);
        return {
            times,
            lines: [{ name: t.console.conversion, colour: '--accent' as const, values: rows.map((row) => row.conversion), fill: true }],
            speed: [
                { name: t.console.half, colour: '--accent' as const, values: rows.map((row) => row.time_to_verify.p50) },
                { name: t.console.nine, colour: '--warn' as const, values: rows.map((row) => row.time_to_verify.p90), dashed: true },
            ],
        };
    }, [of]);
    if (of.total.started === 0) return null;
    return (
        <>
            <section class="card">
                <Funnel of={of.funnel} conversion={of.total.conversion} />
            </section>
            <div class="halves">
                <section class="card">
                    <header>
                        <h2>{t.console.conversionBy}</h2>
                    </header>
                    <Chart label={t.console.conversionBy} times={times} lines={lines} max={1} format={(value) => `${Math.round(value * 100)} %`} />
                </section>
                <section class="card">
                    <header>
                        <h2>{t.console.timeToVerify}</h2>
                    </header>
                    <Chart label={t.console.timeToVerify} times={times} lines={speed} format={(value) => `${Math.round(value)} s`} />
                </section>
            </div>
        </>
    );
}
