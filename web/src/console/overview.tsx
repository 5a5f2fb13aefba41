// What happens now, and the last day: figures that move by themselves.
import { useEffect, useState } from 'preact/hooks';

import { listen } from '../lib/http';
import { Empty, Time } from '../lib/ui';
import { t } from '../texts';
import { ask, useGet, type Conversions, type Live } from './api';
import { Chart } from './chart';
import { Head, Load, State, percent, whole } from './parts';

interface Moment {
    at: number;
    live: number;
    starts: number;
    converted: number;
}

const moments = 120;

/** One stream for the whole console. */
export function useLive(): { live?: Live; connected: boolean; past: Moment[] } {
    const [live, setLive] = useState<Live>();
    const [connected, setConnected] = useState(false);
    const [past, setPast] = useState<Moment[]>([]);
    useEffect(() => {
        const ending = new AbortController();
        void listen(
            '/admin/v1/stream',
            {},
            ending.signal,
            ({ data }) => {
                const now = JSON.parse(data) as Live;
                if (now.totals === undefined) return;
                setLive(now);
                const moment = { at: Date.parse(now.at) / 1000, live: now.live, starts: now.per_second.starts ?? 0, converted: now.per_second.converted ?? 0 };
                setPast((before) => [...before.filter((each) => each.at < moment.at), moment].slice(-moments));
            },
            (open, _why, status) => {
                setConnected(open);
                if (status === 401) void ask('/live'); // which notices that the session is over
            },
        );
        return () => ending.abort();
    }, []);
    return { live, connected, past };
}

function Tile({ name, value, note, id }: { name: string; value: string; note?: string; id: string }) {
    return (
        <div class="tile">
            <dt>{name}</dt>
            <dd class="num" data-testid={`live-${id}`}>
                {value}
            </dd>
            {note && <dd class="small muted num">{note}</dd>}
        </div>
    );
}

const rate = (value: number | undefined) => t.console.perSecond((value ?? 0).toFixed(1));

export function Overview({ live, past }: { live?: Live; past: Moment[] }) {
    const since = new Date(Date.now() - 24 * 3600_000).toISOString();
    const [from] = useState(since);
    const day = useGet<Conversions>(`/conversions?by=hour&from=${encodeURIComponent(from)}`);
    return (
        <>
            <Head title={t.console.overview}>{live && <span class={`tag ${live.ready ? 'ok' : 'bad'}`}>{live.ready ? t.console.ready : t.console.notReady}</span>}</Head>
            {!live ? (
                <p class="muted loading">{t.console.loading}</p>
            ) : (
                <>
                    <dl class="tiles">
                        <Tile id="live" name={t.console.inProgress} value={whole(live.live)} />
                        <Tile id="starts" name={t.console.started} value={whole(live.totals.starts)} note={rate(live.per_second.starts)} />
                        <Tile id="delivered" name={t.console.delivered} value={whole(live.totals.delivered)} note={rate(live.per_second.delivered)} />
                        <Tile id="converted" name={t.console.converted} value={whole(live.totals.converted)} note={rate(live.per_second.converted)} />
                        <Tile id="refused" name={t.console.refused} value={whole(live.totals.refused)} note={rate(live.per_second.refused)} />
                    </dl>
                    <section class="card">
                        <header>
                            <h2>{t.console.lastMinutes}</h2>
                            <span class="small muted">{t.console.sinceStart(Math.floor(live.uptime_seconds / 3600), Math.floor((live.uptime_seconds % 3600) / 60))}</span>
                        </header>
                        <Chart
                            label={t.console.lastMinutes}
                            times={past.map((each) => each.at)}
                            format={(value) => (value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value)))}
                            height={180}
                            lines={[
                                { name: t.console.startsRate, colour: '--accent', values: past.map((each) => each.starts), fill: true },
                                { name: t.console.convertedRate, colour: '--ok', values: past.map((each) => each.converted) },
                            ]}
                        />
                    </section>
                    <div class="halves">
                        <section class="card">
                            <header>
                                <h2>{t.console.refusedBy}</h2>
                            </header>
                            <Bars of={live.refused} empty={t.console.noRefusals} link={(rule) => `#/refusals?rule=${encodeURIComponent(rule)}`} />
                        </section>
                        <section class="card">
                            <header>
                                <h2>{t.console.routes}</h2>
                                <a class="small" href="#/routes">
                                    {t.console.all}
                                </a>
                            </header>
                            {live.routes.length === 0 ? (
                                <Empty title={t.console.noRoutes}>{t.console.noRoutesHint}</Empty>
                            ) : (
                                <ul class="plain-list">
                                    {live.routes.map((route) => (
                                        <li key={route.name}>
                                            <span>{route.name}</span>
                                            <span class="muted small">{t.console.channels[route.channel] ?? route.channel}</span>
                                            <State of={!route.enabled ? 'off' : route.up ? 'up' : 'down'} />
                                        </li>
                                    ))}
                                </ul>
                            )}
                        </section>
                    </div>
                </>
            )}
            <Load of={day}>
                {(data) => (
                    <section class="card">
                        <header>
                            <h2>{t.console.lastDay}</h2>
                            <a class="small" href="#/conversions">
                                {t.console.more}
                            </a>
                        </header>
                        {data.total.started === 0 ? <Empty title={t.console.nothingYet}>{t.console.nothingYetHint}</Empty> : <Funnel of={data.funnel} conversion={data.total.conversion} />}
                        {data.behind > 0 && <p class="small muted">{t.console.behind(data.behind)}</p>}
                    </section>
                )}
            </Load>
            {live && (
                <p class="small muted">
                    {t.console.serviceTime} <Time at={live.at} />
                </p>
            )}
        </>
    );
}

export function Bars({ of, empty, link }: { of: Record<string, number>; empty: string; link?: (name: string) => string }) {
    const rows = Object.entries(of).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a).slice(0, 8);
    if (rows.length === 0) return <Empty title={empty} />;
    const top = rows[0]![1];
    return (
        <ul class="bars">
            {rows.map(([name, count]) => (
                <li key={name}>
                    {link ? <a href={link(name)}>{name}</a> : <span>{name}</span>}
                    <span class="num">{whole(count)}</span>
                    <span class="bar" aria-hidden="true">
                        <span style={{ width: `${Math.max(1, (count / top) * 100)}%` }} />
                    </span>
                </li>
            ))}
        </ul>
    );
}

export function Funnel({ of, conversion }: { of: Conversions['funnel']; conversion: number | null }) {
    const steps = ['started', 'handed_over', 'delivered', 'checked', 'converted'] as const;
    return (
        <ol class="funnel">
            {steps.map((step) => (
                <li key={step}>
                    <span class="small muted">{t.console.funnel[step]}</span>
                    <strong class="num">{whole(of[step])}</strong>
                    <span class="bar" aria-hidden="true">
                        <span style={{ width: `${of.started > 0 ? (of[step] / of.started) * 100 : 0}%` }} />
                    </span>
                    <span class="small muted num">{step === 'converted' && conversion !== null ? t.console.ofEnded(percent(conversion)) : percent(of.started > 0 ? of[step] / of.started : null)}</span>
                </li>
            ))}
        </ol>
    );
}
