// One phone: its messages as bubbles, its calls ringing, answered and heard.
import { useEffect, useRef, useState } from 'preact/hooks';

import { exchange, json, listen, whyNot } from '../lib/http';
import { atLocal } from '../lib/time';
import { CopyButton } from '../lib/ui';
import { t } from '../texts';
import type { Message, PhoneCall, Session } from './types';
import { peaksOf } from './wave';

interface Props {
    number: string;
    session: Session;
    use: (pin: string, request: string) => void; // into the check form
    changed: () => void; // something arrived or moved
    connected: (number: string) => void;
    close?: () => void;
}

type Shown = { id: string; at: string; message?: Message; note?: string };

export function Phone({ number, session, use, changed, connected, close }: Props) {
    const [shown, setShown] = useState<Shown[]>([]);
    const [call, setCall] = useState<PhoneCall>();
    const [state, setState] = useState<{ open: boolean; why?: string }>({ open: false });
    const [trouble, setTrouble] = useState('');
    const screen = useRef<HTMLOListElement>(null);
    const spoken = useRef(new Map<string, Message>());
    const over = useRef(new Set<string>());

    useEffect(() => {
        const ending = new AbortController();
        const add = (entry: Shown) =>
            setShown((before) =>
                [...before.filter((each) => each.id !== entry.id), entry].sort((a, b) => a.at.localeCompare(b.at)),
            );
        const takeMessage = (message: Message) => {
            if (message.channel === 'sms') add({ id: message.event_id, at: message.at, message });
            else {
                spoken.current.set(message.event_id, message);
                if (over.current.has(message.event_id)) add({ id: message.event_id, at: message.at, message });
            }
        };
        const takeCall = (now: PhoneCall) => {
            if (now.state === 'ringing' || now.state === 'answered') {
                setCall(now);
                return;
            }
            setCall((before) => (before?.id === now.id ? undefined : before));
            over.current.add(now.id);
            const message = spoken.current.get(now.id);
            if (now.state !== 'failed' && message) add({ id: now.id, at: now.at, message });
            else add({ id: now.id, at: now.at, note: t.handset.callEnded(now.sender, now.state, now.reason) });
        };
        void listen(
            `/sandbox/stream?answer=page&number=${number}`,
            session.headers,
            ending.signal,
            ({ event, data }) => {
                if (event === 'call') takeCall(JSON.parse(data) as PhoneCall);
                else takeMessage(JSON.parse(data) as Message);
                changed();
            },
            (open, why) => {
                setState({ open, why });
                if (open) connected(number);
            },
        );
        return () => ending.abort();
    }, [number, session]);

    useEffect(() => {
        screen.current?.scrollTo({ top: screen.current.scrollHeight });
    }, [shown.length, call?.state]);

    const act = async (action: string, digit?: string) => {
        if (!call) return;
        const answer = await exchange(`/sandbox/calls/${call.id}?request_id=${call.request_id}`, {
            method: 'POST',
            headers: session.headers,
            body: digit ? { action, digit } : { action },
        });
        setTrouble(answer.status === 200 ? '' : whyNot(answer));
        const now = json<{ state: string }>(answer)?.state;
        if (answer.status === 200 && now) setCall((before) => before && { ...before, state: now });
        changed();
    };

    const inCall = call?.state === 'answered';
    return (
        <section class="phone" aria-label={t.handset.phone(number)} data-number={number}>
            <header>
                <span class={state.open ? 'dot on' : 'dot'} aria-hidden="true" />
                <h3 class="num">+{spaced(number)}</h3>
                <span class="sr" role="status">
                    {state.open ? t.handset.connected : t.handset.connecting}
                </span>
                {close && (
                    <button type="button" class="quiet" onClick={close} aria-label={t.handset.closePhone(number)}>
                        ×
                    </button>
                )}
            </header>
            {!state.open && state.why && <p class="notice bad small">{state.why}</p>}
            <ol class="screen" ref={screen} aria-live="polite" tabIndex={0} aria-label={t.handset.messages}>
                {shown.length === 0 && !call && (
                    <li class="empty">
                        <strong>{t.handset.nothing}</strong>
                        {t.handset.nothingHint}
                    </li>
                )}
                {shown.map((entry) => (entry.message ? <Bubble key={entry.id} message={entry.message} session={session} use={use} /> : <li key={entry.id} class="note">{entry.note}</li>))}
            </ol>
            {call && call.state !== '' && (
                <div class="call" role="group" aria-label={t.handset.call}>
                    <p class="caller">
                        <strong>{call.sender}</strong>
                        <span class="sr" role="alert">
                            {inCall ? '' : t.handset.ringingFrom(call.sender)}
                        </span>
                        <span class="muted small">{inCall ? t.handset.inCall : t.handset.ringing}</span>
                    </p>
                    {inCall && call.audio_url && <Voice url={call.audio_url} session={session} playing />}
                    {inCall && (
                        <div class="keys" role="group" aria-label={t.handset.keys}>
                            {[...'123456789*0#'].map((digit) => (
                                <button key={digit} type="button" class="plain" onClick={() => act('key', digit)}>
                                    {digit}
                                </button>
                            ))}
                        </div>
                    )}
                    {trouble && <p class="small bad">{trouble}</p>}
                    <div class="row call-buttons">
                        {inCall ? (
                            <button type="button" class="bad" data-testid="call-hangup" onClick={() => act('hangup')}>
                                {t.handset.hangUp}
                            </button>
                        ) : (
                            <>
                                <button type="button" class="ok" data-testid="call-answer" onClick={() => act('answer')}>
                                    {t.handset.answer}
                                </button>
                                <button type="button" class="bad" data-testid="call-decline" onClick={() => act('decline')}>
                                    {t.handset.decline}
                                </button>
                            </>
                        )}
                    </div>
                </div>
            )}
        </section>
    );
}

function Bubble({ message, session, use }: { message: Message; session: Session; use: Props['use'] }) {
    const call = message.channel === 'tts';
    return (
        <li class={call ? 'bubble spoken' : 'bubble'} data-event={message.event_id}>
            <span class="small muted">
                {call ? t.handset.spokenBy(message.sender) : message.sender} · <time class="num">{atLocal(message.at, false)}</time>
            </span>
            <p dir="auto" lang={message.locale.slice(0, 2)}>
                {message.text ?? t.handset.wiped}
            </p>
            {call && message.audio_url && <Voice url={message.audio_url} session={session} />}
            {message.pin && (
                <span class="chip">
                    <code data-testid="bubble-code">{message.pin}</code>
                    <CopyButton text={message.pin} />
                    <button type="button" class="quiet" onClick={() => use(message.pin!, message.request_id)}>
                        {t.handset.use}
                    </button>
                </span>
            )}
        </li>
    );
}

const slices = 56;

/** The real audio, with its waveform; fetched with the credentials that an <audio> element could not send. */
function Voice({ url, session, playing = false }: { url: string; session: Session; playing?: boolean }) {
    const [peaks, setPeaks] = useState<number[]>([]);
    const [at, setAt] = useState(0);
    const [runs, setRuns] = useState(false);
    const [trouble, setTrouble] = useState('');
    const audio = useRef<HTMLAudioElement>(null);
    const source = useRef('');

    const load = async () => {
        if (source.current) return true;
        const answer = await fetch(url, { headers: session.headers }).catch(() => undefined);
        if (!answer?.ok || !audio.current) {
            setTrouble(t.handset.noAudio);
            return false;
        }
        const bytes = await answer.arrayBuffer();
        setPeaks(peaksOf(bytes, slices));
        source.current = URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
        audio.current.src = source.current;
        return true;
    };
    const play = async () => {
        if (!(await load())) return;
        if (runs) audio.current?.pause();
        else await audio.current?.play().catch(() => setTrouble(t.handset.noSound));
    };
    useEffect(() => {
        if (playing) void play();
        return () => {
            audio.current?.pause();
            if (source.current) URL.revokeObjectURL(source.current);
        };
    }, []);
    useEffect(() => {
        if (!runs) return;
        let frame = 0;
        const follow = () => {
            const { currentTime = 0, duration = 1 } = audio.current ?? {};
            setAt(duration ? currentTime / duration : 0);
            frame = requestAnimationFrame(follow);
        };
        frame = requestAnimationFrame(follow);
        return () => cancelAnimationFrame(frame);
    }, [runs]);

    return (
        <div class="voice">
            <button type="button" class="plain" onClick={play} aria-label={runs ? t.handset.pause : t.handset.play}>
                {runs ? '❚❚' : '▶'}
            </button>
            <svg viewBox={`0 0 ${slices * 4} 32`} role="img" aria-label={t.handset.waveform} data-testid="waveform" preserveAspectRatio="none">
                {peaks.map((peak, index) => {
                    const height = Math.max(2, peak * 30);
                    const played = index / slices < at;
                    return <rect key={index} class={played ? 'played' : ''} x={index * 4} y={16 - height / 2} width="2.4" height={height} rx="1.2" />;
                })}
            </svg>

            <audio ref={audio} onPlay={() => setRuns(true)} onPause={() => setRuns(false)} onEnded={() => setRuns(false)} />
            {trouble && <span class="small bad">{trouble}</span>}
        </div>
    );
}

/** "447700900123" to "44 7700 900123": only for the eye, and only where the plan is plain. */
export function spaced(number: string): string {
    const british = /^(44)(\d{4})(\d{6})$/.exec(number);
    if (british) return british.slice(1).join(' ');
    return number.replace(/^(\d{2})(\d{3})(\d{3})(\d*)$/, '$1 $2 $3 $4').trim();
}
