// Routes: how they stand, on and off, and a test message over one.
import { useState } from 'preact/hooks';

import { Dialog, Empty, Field } from '../lib/ui';
import { t } from '../texts';
import { ask, good, may, useAction, useGet, type RouteState, type Who } from './api';
import { json } from '../lib/http';
import { Head, Load, State, Table, Trouble, hashOf, money, type Column } from './parts';

const r = t.console.routesPage;

interface Route extends RouteState {
    kind: string;
    countries: string[];
    price: string;
    priority: number;
    sender: string;
    segments_per_second: number;
    enabled_in_file: boolean;
}

interface TestMessage {
    id: string;
    state: string;
    reason: string;
    number: string;
    segments: number;
    answered_after_ms?: number;
    receipted_after_ms?: number;
}

export function Routes({ who }: { who: Who }) {
    const found = useGet<{ routes: Route[] }>('/routes');
    const { run, trouble, busy } = useAction();
    const [testing, setTesting] = useState<string>();
    const columns: Column<Route>[] = [
        { name: r.name, cell: (row) => <strong>{row.name}</strong>, sort: (row) => row.name },
        { name: r.kind, cell: (row) => row.kind, sort: (row) => row.kind },
        { name: t.console.dimensions.channel!, cell: (row) => t.console.channels[row.channel] ?? row.channel },
        { name: t.console.status, cell: (row) => <State of={!row.enabled ? 'off' : row.up ? 'up' : 'down'} /> },
        { name: r.countries, cell: (row) => row.countries.slice(0, 6).join(', ') + (row.countries.length > 6 ? ` +${row.countries.length - 6}` : '') },
        { name: r.priority, number: true, cell: (row) => row.priority, sort: (row) => row.priority },
        { name: r.price, number: true, cell: (row) => money(row.price) },
        { name: r.backlog, number: true, cell: (row) => `${(row.backlog_ms / 1000).toFixed(1)} s`, sort: (row) => row.backlog_ms },
        { name: t.console.requests, cell: (row) => <a href={hashOf(['requests'], { route: row.name })}>{r.show}</a> },
    ];
    if (may(who, 'support')) {
        columns.push({
            name: r.change,
            cell: (row) => (
                <span class="row">
                    <button type="button" class="quiet" onClick={() => setTesting(row.name)}>
                        {r.test}
                    </button>
                    {may(who, 'admin') && (
                        <button type="button" class="plain" disabled={busy} onClick={async () => (await run(`/routes/${encodeURIComponent(row.name)}`, 'PATCH', { enabled: !row.enabled })) && found.reload()}>
                            {row.enabled ? r.off : r.on}
                        </button>
                    )}
                </span>
            ),
        });
    }
    return (
        <>
            <Head title={t.console.routes}>
                <button type="button" class="plain" onClick={found.reload}>
                    {t.console.reload}
                </button>
            </Head>
            <Trouble text={trouble} />
            <section class="card">
                <Load of={found}>{(data) => <Table label={t.console.routes} columns={columns} rows={data.routes} keyOf={(row) => row.name} empty={<Empty title={t.console.noRoutes}>{t.console.noRoutesHint}</Empty>} />}</Load>
            </section>
            {testing && <Test route={testing} close={() => setTesting(undefined)} />}
        </>
    );
}

function Test({ route, close }: { route: string; close: () => void }) {
    const [number, setNumber] = useState('');
    const [state, setState] = useState<TestMessage>();
    const { run, trouble, busy } = useAction();
    const send = async (event: Event) => {
        event.preventDefault();
        const path = `/routes/${encodeURIComponent(route)}/tests`;
        let sent = await run<TestMessage>(path, 'POST', { number });
        setState(sent);
        for (let i = 0; sent && i < 60 && !['delivered', 'failed'].includes(sent.state); ++i) {
            await new Promise((resolve) => setTimeout(resolve, 1000));
            const answer = await ask(`${path}/${sent.id}`);
            if (!good(answer)) break;
            sent = json<TestMessage>(answer);
            setState(sent);
        }
    };
    return (
        <Dialog title={r.testOf(route)} close={close}>
            <form class="stack" onSubmit={send}>
                <p class="muted">{r.testHint}</p>
                <Field label={t.console.number}>
                    <input required inputMode="tel" placeholder="+447700900123" value={number} onInput={(event) => setNumber(event.currentTarget.value)} />
                </Field>
                <Trouble text={trouble} />
                {state && (
                    <p class="notice" role="status">
                        <State of={state.state} /> {state.reason}{' '}
                        {state.answered_after_ms !== undefined && <span class="num">{r.answered(state.answered_after_ms)}</span>}{' '}
                        {state.receipted_after_ms !== undefined && <span class="num">{r.receipted(state.receipted_after_ms)}</span>}
                    </p>
                )}
                <div class="row">
                    <button type="submit" disabled={busy}>
                        {r.send}
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
