// One request's whole story, told along a line of time.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { CopyButton, Dialog, Time } from '../lib/ui';
import { clock } from '../lib/time';
import { t } from '../texts';
import { may, query, useAction, useGet, type Story, type Who } from './api';
import { Head, Load, State, Trouble, hashOf, money } from './parts';

interface Beat {
    at: string;
    kind: 'start' | 'event' | 'check' | 'plan' | 'refusal' | 'end';
    title: ComponentChildren;
    detail?: ComponentChildren;
    state?: string;
}

function beatsOf(story: Story): Beat[] {
    const s = t.console.story;
    const beats: Beat[] = [{ at: story.submitted, kind: 'start', title: s.started, detail: s.startedBy(story.account, story.workflow_id) }];
    for (const event of story.events) {
        const facts = [
            s.over(event.route),
            s.attempt(event.attempt, event.attempts_max),
            event.channel === 'sms' && event.segments > 0 ? s.segments(event.segments) : '',
            event.tried.length > 0 ? s.tried(event.tried.join(', ')) : '',
            event.ambiguous ? s.ambiguous : '',
        ].filter(Boolean);
        beats.push({
            at: event.begun,
            kind: 'event',
            title: t.console.channels[event.channel] ?? event.channel,
            state: event.state,
            detail: (
                <>
                    <span>{facts.join(' · ')}</span>
                    {event.reason && <span class="reason">{event.reason}</span>}
                    <span class="muted">
                        {event.handed_over && (
                            <>
                                {s.handedOver} <Time at={event.handed_over} date={false} />
                            </>
                        )}
                        {event.receipted && (
                            <>
                                {' · '}
                                {s.receipt} <Time at={event.receipted} date={false} />
                            </>
                        )}
                    </span>
                </>
            ),
        });
    }
    for (const check of story.checks) beats.push({ at: check.at, kind: 'check', title: s.check, state: check.verdict });
    for (const refusal of story.refusals ?? []) beats.push({ at: refusal.at, kind: 'refusal', title: s.refusal(refusal.call, refusal.status), detail: <span class="reason">{refusal.reason || refusal.rule}</span> });
    for (const step of story.plan) {
        if (step.state === 'planned' && step.at) beats.push({ at: step.at, kind: 'plan', title: s.planned(t.console.channels[step.channel] ?? step.channel) });
    }
    beats.sort((a, b) => a.at.localeCompare(b.at));
    if (story.finalized) beats.push({ at: story.finalized, kind: 'end', title: s.ended, state: story.status });
    return beats;
}

export function StoryPage({ id, who, reveal }: { id: string; who: Who; reveal?: string }) {
    const found = useGet<Story>(`/requests/${encodeURIComponent(id)}${query({ reveal })}`);
    const [asking, setAsking] = useState(false);
    const { run, trouble, busy } = useAction();
    const cancel = async () => {
        if (await run(`/requests/${id}/cancel`, 'POST', {})) found.reload();
        setAsking(false);
    };
    return (
        <>
            <Head title={t.console.story.title}>
                {who.numbers && !reveal && (
                    <a class="button plain" href={hashOf(['requests', id], { reveal: 'number' })}>
                        {t.console.reveal}
                    </a>
                )}
                <button type="button" class="plain" onClick={found.reload}>
                    {t.console.reload}
                </button>
            </Head>
            <Trouble text={trouble} />
            <Load of={found}>
                {(story) => (
                    <div class="story" data-testid="request-story">
                        <section class="card">
                            <header>
                                <h2 class="num">{story.number ? `+${story.number.replace(/^\+/, '')}` : t.console.erased}</h2>
                                <State of={story.status} />
                            </header>
                            <ol class="beats">
                                {beatsOf(story).map((beat, index) => (
                                    <li key={index} class={beat.kind}>
                                        <span class="when num" title={beat.at}>
                                            {beat.kind === 'start' ? <Time at={beat.at} date={false} /> : `+${clock((Date.parse(beat.at) - Date.parse(story.submitted)) / 1000)}`}
                                        </span>
                                        <div>
                                            <p class="row">
                                                <strong>{beat.title}</strong> {beat.state && <State of={beat.state} />}
                                            </p>
                                            {beat.detail && <div class="beat-detail small">{beat.detail}</div>}
                                        </div>
                                    </li>
                                ))}
                            </ol>
                        </section>
                        <Facts story={story} />
                        {story.status === 'in_progress' && may(who, 'support') && (
                            <div>
                                <button type="button" class="plain" onClick={() => setAsking(true)}>
                                    {t.console.story.cancel}
                                </button>
                            </div>
                        )}
                    </div>
                )}
            </Load>
            {asking && (
                <Dialog title={t.console.story.cancel} close={() => setAsking(false)}>
                    <p>{t.console.story.cancelHint}</p>
                    <button type="button" class="bad" disabled={busy} onClick={cancel}>
                        {t.console.story.cancel}
                    </button>
                </Dialog>
            )}
        </>
    );
}

function Facts({ story }: { story: Story }) {
    const s = t.console.story;
    const facts: [string, ComponentChildren][] = [
        [t.console.id, <span class="row"><code>{story.request_id}</code> <CopyButton text={story.request_id} /></span>],
        [t.console.account, <a href={hashOf(['accounts', story.account])}>{story.account}</a>],
        [s.brand, story.brand || '–'],
        [s.sender, story.sender_id || 'VERIFY'],
        [t.console.dimensions.country!, story.country || t.console.unknown],
        [t.console.dimensions.network!, story.network || t.console.unknown],
        [s.type, story.number_type],
        [s.locale, story.locale],
        [s.pin, s.pinIs(story.pin.length, story.pin.chosen_by, story.pin.generation)],
        [s.goodUntil, <Time at={story.pin.good_until} />],
        [s.wrong, String(story.pin.wrong_checks)],
        [s.charges, `${money(story.charges.verification)} + ${money(story.charges.messages)} ${story.charges.currency}`],
        [t.console.submitted, <Time at={story.submitted} />],
        [s.finalized, <Time at={story.finalized} />],
    ];
    return (
        <section class="card">
            <header>
                <h2>{s.facts}</h2>
            </header>
            <dl class="facts">
                {facts.map(([name, value]) => (
                    <>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </>
                ))}
            </dl>
        </section>
    );
}
