// One request as it runs: its plan and what came of it, the sandbox's clock, the check, control, and the bytes.
import { useEffect, useState } from 'preact/hooks';

import { json, type Exchange } from '../lib/http';
import { atUtc, atLocal, clock } from '../lib/time';
import { Code, CopyButton, Empty, Field, Tabs } from '../lib/ui';
import { t } from '../texts';
import { planOf, stepsOf, type Begun, type Step } from './plan';
import type { Found, Running } from './types';

interface Props {
    running?: Running;
    found?: Found;
    known: Begun[];
    offset: number; // ms that service time is ahead of this machine
    mayAdvance: boolean;
    code: string;
    setCode: (code: string) => void;
    check: () => void;
    control: (cmd: 'cancel' | 'trigger_next_event') => void;
    advance: (seconds: number) => void;
    verdict: string;
    busy: boolean;
    exchanges: Exchange[];
}

const tone: Record<string, string> = { SUCCESS: 'ok', FAILED: 'bad', EXPIRED: 'warn', CANCELLED: 'warn', 'IN PROGRESS': 'accent' };

export function Request(props: Props) {
    const { running, found } = props;
    const [tick, setTick] = useState(Date.now());
    useEffect(() => {
        const timer = setInterval(() => setTick(Date.now()), 500);
        return () => clearInterval(timer);
    }, []);
    if (!running || !found) {
        return (
            <section class="card" aria-labelledby="request-title">
                <header>
                    <h2 id="request-title">{t.request.title}</h2>
                </header>
                <Empty title={t.request.none}>{t.request.noneHint}</Empty>
                {props.exchanges.length > 0 && <Raw exchanges={props.exchanges} />}
            </section>
        );
    }
    const now = tick + props.offset;
    const started = Date.parse(`${found.date_submitted.replace(' ', 'T')}Z`);
    const live = found.status === 'IN PROGRESS';
    const { steps, ends } = stepsOf(planOf(running.params), started, props.known);
    const next = steps.find((step) => !step.begun && !step.lost);
    const until = (at: number) => Math.max(1, Math.ceil((at - now) / 1000));
    return (
        <section class="card stack request" aria-labelledby="request-title">
            <header>
                <h2 id="request-title">{t.request.title}</h2>
                <span class={`tag ${tone[found.status] ?? ''}`} data-testid="request-status" role="status">
                    {t.request.states[found.status] ?? found.status}
                </span>
                <p class="request-id muted">
                    <code data-testid="request-id">{running.id}</code>
                    <CopyButton text={running.id} />
                </p>
            </header>
            <Timeline steps={steps} started={started} ends={ends} now={now} live={live} found={found} />
            <div class="clock">
                <p class="small">
                    <span class="muted">{t.clock.now}</span>{' '}
                    <time class="num" title={atUtc(new Date(now).toISOString())}>
                        {atLocal(new Date(now).toISOString(), false)}
                    </time>
                </p>
                <div class="row" role="group" aria-label={t.clock.label}>
                    {[10, 30, 60].map((seconds) => (
                        <button key={seconds} type="button" class="plain" disabled={!props.mayAdvance || props.busy} onClick={() => props.advance(seconds)}>
                            +{seconds} s
                        </button>
                    ))}
                    <button type="button" class="plain" data-testid="clock-next" disabled={!props.mayAdvance || props.busy || !live || !next} onClick={() => next && props.advance(until(next.at))}>
                        {t.clock.next}
                    </button>
                    <button type="button" class="plain" data-testid="clock-end" disabled={!props.mayAdvance || props.busy || !live} onClick={() => props.advance(until(ends))}>
                        {t.clock.end}
                    </button>
                </div>
                {!props.mayAdvance && <p class="small muted">{t.clock.notYours}</p>}
            </div>
            <form
                class="check-form"
                onSubmit={(event) => {
                    event.preventDefault();
                    props.check();
                }}
            >
                <Field label={t.request.code}>
                    <input
                        data-testid="check-code"
                        class="mono"
                        autocomplete="one-time-code"
                        inputMode="numeric"
                        value={props.code}
                        onInput={(event) => props.setCode(event.currentTarget.value)}
                    />
                </Field>
                <button type="submit" data-testid="check-go" disabled={props.busy || props.code === ''}>
                    {t.request.check}
                </button>
                <button type="button" class="plain" data-testid="trigger" disabled={props.busy || !live} onClick={() => props.control('trigger_next_event')}>
                    {t.request.trigger}
                </button>
                <button type="button" class="plain" data-testid="cancel" disabled={props.busy || !live} onClick={() => props.control('cancel')}>
                    {t.request.cancel}
                </button>
            </form>
            <p class="verdict" role="status" data-testid="verdict">
                {props.verdict}
            </p>
            <Raw exchanges={props.exchanges} />
        </section>
    );
}

function stateOf(step: Step, now: number, live: boolean): { word: string; tone: string } {
    if (step.lost) return { word: t.timeline.lost, tone: 'bad' };
    if (!step.begun) return live ? { word: t.timeline.in(clock((step.at - now) / 1000)), tone: '' } : { word: t.timeline.never, tone: '' };
    const { state, reason } = step.begun;
    if (state === 'failed') return { word: `${t.timeline.failed}${reason ? `: ${reason}` : ''}`, tone: 'bad' };
    if (state === 'ringing') return { word: t.timeline.ringing, tone: 'accent' };
    if (state === 'answered') return { word: t.timeline.answered, tone: 'accent' };
    return { word: step.channel === 'sms' ? t.timeline.arrived : t.timeline.spoken, tone: 'ok' };
}

function Timeline({ steps, started, ends, now, live, found }: { steps: Step[]; started: number; ends: number; now: number; live: boolean; found: Found }) {
    const finished = found.date_finalized ? Date.parse(`${found.date_finalized.replace(' ', 'T')}Z`) : undefined;
    const whole = Math.max(1, ends - started);
    const place = (at: number) => `${Math.min(100, Math.max(0, ((at - started) / whole) * 100))}%`;
    const reached = place(finished ?? now);
    return (
        <div class="timeline" data-testid="timeline">
            <div class="track" aria-hidden="true">
                <div class={`run ${tone[found.status] ?? ''}`} style={{ width: reached }} />
                {steps.map((step, index) => (
                    <span key={index} class={`mark ${step.begun ? 'begun' : ''}`} style={{ left: place(step.at) }}>
                        {step.channel === 'sms' ? '✉' : '☎'}
                    </span>
                ))}
                <span class="mark end" style={{ left: '100%' }} />
            </div>
            <ol>
                {steps.map((step, index) => {
                    const { word, tone: which } = stateOf(step, now, live);
                    return (
                        <li key={index} data-state={step.begun?.state ?? 'waiting'}>
                            <span class="num muted">{clock((step.at - started) / 1000)}</span>
                            <span>{step.channel === 'sms' ? t.timeline.sms : t.timeline.call}</span>
                            <span class={`tag ${which}`}>{word}</span>
                        </li>
                    );
                })}
                {(found.checks ?? []).map((check, index) => (
                    <li key={`check-${index}`} data-state="check">
                        <span class="num muted">{clock((Date.parse(`${check.date_received.replace(' ', 'T')}Z`) - started) / 1000)}</span>
                        <span>
                            {t.timeline.check} <code>{check.code}</code>
                        </span>
                        <span class={`tag ${check.status === 'VALID' ? 'ok' : 'bad'}`}>{check.status === 'VALID' ? t.timeline.right : t.timeline.wrong}</span>
                    </li>
                ))}
                <li data-state="end">
                    <span class="num muted">{clock(((finished ?? ends) - started) / 1000)}</span>
                    <span>{live ? t.timeline.expires : t.request.states[found.status] ?? found.status}</span>
                    {live && <span class="tag">{t.timeline.in(clock((ends - now) / 1000))}</span>}
                </li>
            </ol>
        </div>
    );
}

function pretty(text: string): string {
    const body = json<unknown>({ text } as Exchange);
    return body === undefined ? text : JSON.stringify(body, null, 2);
}

/** What was really sent and answered, newest first. Credentials stay in the browser's own hands. */
function Raw({ exchanges }: { exchanges: Exchange[] }) {
    const [chosen, choose] = useState('0');
    useEffect(() => choose('0'), [exchanges[0]]);
    if (exchanges.length === 0) return null;
    const one = exchanges[Number(chosen)] ?? exchanges[0]!;
    const shownHeaders = one.headers.filter(([name]) => /^(content-type|roger|retry|x-request|date)/.test(name));
    const request = `${one.method} ${one.path} HTTP/1.1\nHost: ${location.host}\n${one.sent ? `Content-Type: application/json\n\n${pretty(one.sent)}` : ''}`;
    const answer = `HTTP/1.1 ${one.status}\n${shownHeaders.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${pretty(one.text)}`;
    return (
        <details class="raw">
            <summary>
                {t.request.raw} · {one.ms} ms
            </summary>
            <Tabs
                tabs={exchanges.map((each, index) => ({ id: String(index), name: each.path.replace(/^\/sandbox\/verify|^\/verify/, '').replace('/json', '') || '/start' })).map((tab) => ({ ...tab, name: tab.name === '' ? 'start' : tab.name.replace(/^\//, '') }))}
                chosen={exchanges[Number(chosen)] ? chosen : '0'}
                choose={choose}
                label={t.request.raw}
            >
                <div class="stack">
                    <Code text={request} label={t.request.rawRequest} />
                    <Code text={answer} label={t.request.rawAnswer} />
                </div>
            </Tabs>
        </details>
    );
}
