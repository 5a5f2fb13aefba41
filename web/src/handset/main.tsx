// /handset: the sandbox's phones beside the requests that reach them.
import '../base.css';
import './handset.css';

import { render } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { exchange, json, whyNot, type Exchange } from '../lib/http';
import { Empty, Field, Top } from '../lib/ui';
import { t } from '../texts';
import { Phone } from './phone';
import type { Begun } from './plan';
import { Request } from './request';
import { Start, type Params } from './start';
import type { Found, Message, PhoneCall, Running, Session } from './types';

const phonesMax = 3; // each holds a connection, and browsers allow six

const digitsOf = (number: string) => number.replace(/\D/g, '').replace(/^00/, '');

function Handset({ session, leave }: { session: Session; leave?: () => void }) {
    const [phones, setPhones] = useState<string[]>(['447700900123']);
    const [params, setParams] = useState<Params>({ number: '447700900123', brand: 'Acme' });
    const [running, setRunning] = useState<Running>();
    const [found, setFound] = useState<Found>();
    const [known, setKnown] = useState<Begun[]>([]);
    const [offset, setOffset] = useState(0);
    const [code, setCode] = useState('');
    const [verdict, setVerdict] = useState('');
    const [busy, setBusy] = useState(false);
    const [exchanges, setExchanges] = useState<Exchange[]>([]);
    const open = useRef(new Set<string>());
    const used = useRef(new Set<string>());
    const current = useRef<Running>();
    current.current = running;

    const call = useCallback(
        async (path: string, body?: unknown) => {
            const made = await exchange(path, { method: body === undefined ? 'GET' : 'POST', body, headers: session.headers });
            return made;
        },
        [session],
    );
    const keep = (made: Exchange) => setExchanges((before) => [made, ...before].slice(0, 8));

    const readClock = useCallback(async () => {
        const now = json<{ now: string }>(await call('/sandbox/clock'))?.now;
        if (now) setOffset(Date.parse(now) - Date.now());
    }, [call]);

    const refresh = useCallback(async () => {
        const one = current.current;
        if (!one) return;
        const query = `request_id=${one.id}`;
        const [search, messages, calls] = await Promise.all([
            call(`${session.base}/search/json?${query}`),
            call(`/sandbox/messages?${query}`),
            call(`/sandbox/calls?${query}`),
        ]);
        if (current.current?.id !== one.id) return;
        const state = json<Found>(search);
        if (state?.request_id) setFound(state);
        const begun: Begun[] = (json<PhoneCall[]>(calls) ?? []).map((each) => ({ id: each.id, channel: 'tts', at: Date.parse(each.at), state: each.state, reason: each.reason }));
        for (const each of json<Message[]>(messages) ?? []) {
            if (each.channel === 'sms') begun.push({ id: each.event_id, channel: 'sms', at: Date.parse(each.at), state: '', reason: '' });
        }
        setKnown(begun);
    }, [call, session]);

    useEffect(() => void readClock(), [readClock]);
    useEffect(() => {
        if (!running || (found && found.status !== 'IN PROGRESS')) return;
        const timer = setInterval(() => void refresh(), 3000);
        return () => clearInterval(timer);
    }, [running, found?.status, refresh]);

    const openPhone = async (number: string) => {
        used.current.add(number);
        setPhones((before) => {
            if (before.includes(number)) return before;
            const unused = before.findIndex((each) => !used.current.has(each));
            return unused >= 0 ? before.with(unused, number) : [...before, number].slice(-phonesMax);
        });
        // A call that comes before the page listens would be answered by the handset itself.
        for (let i = 0; i < 40 && !open.current.has(number); ++i) await new Promise((resolve) => setTimeout(resolve, 50));
    };

    const act = async (work: () => Promise<void>) => {
        setBusy(true);
        try {
            await work();
            await refresh();
        } finally {
            setBusy(false);
        }
    };

    const start = () =>
        act(async () => {
            const number = digitsOf(params.number ?? '');
            if (!params.country && number.length >= 7) await openPhone(number);
            const psd2 = params.payee !== undefined;
            const body = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
            const made = await call(`${session.base}${psd2 ? '/psd2' : ''}/json`, body);
            keep(made);
            const answer = json<{ status: string; request_id?: string; error_text?: string }>(made);
            if (!answer?.request_id) {
                setVerdict('');
                setRunning(undefined);
                current.current = undefined;
                setRefusal(answer ? t.start.refused(answer.status, answer.error_text ?? '', reasonOf(made)) : whyNot(made));
                return;
            }
            setRefusal(answer.status === '10' ? t.start.already : '');
            const one = { id: answer.request_id, number, params, psd2 };
            current.current = one;
            setRunning(one);
            setFound(undefined);
            setKnown([]);
            setCode('');
            setVerdict('');
        });
    const [refusal, setRefusal] = useState('');

    const check = () =>
        act(async () => {
            const made = await call(`${session.base}/check/json`, { request_id: running!.id, code });
            keep(made);
            const answer = json<{ status: string; error_text?: string }>(made);
            setVerdict(answer ? (answer.status === '0' ? t.request.verified : `${answer.error_text} (${answer.status})`) : whyNot(made));
        });
    const control = (cmd: 'cancel' | 'trigger_next_event') =>
        act(async () => {
            const made = await call(`${session.base}/control/json`, { request_id: running!.id, cmd });
            keep(made);
            const answer = json<{ status: string; error_text?: string }>(made);
            setVerdict(answer ? (answer.status === '0' ? t.request.done[cmd] : `${answer.error_text} (${answer.status})`) : whyNot(made));
        });
    const advance = (seconds: number) =>
        act(async () => {
            const made = await call('/sandbox/clock', { advance_seconds: Math.min(86400, seconds) });
            keep(made);
            if (made.status !== 200) setVerdict(whyNot(made));
            await readClock();
        });

    const addPhone = () => {
        let next = 447700900124n;
        while (phones.includes(String(next))) ++next;
        phones.forEach((each) => used.current.add(each)); // asked for beside them, not instead of one
        setPhones([...phones, String(next)]);
        setParams({ ...params, number: String(next) });
    };

    return (
        <>
            <Top title={t.handset.title} href="/handset">
                <nav class="row" aria-label={t.nav}>
                    <a class="button quiet" href="/docs">
                        {t.docs}
                    </a>
                    {leave && (
                        <button type="button" class="quiet" onClick={leave}>
                            {t.leave}
                        </button>
                    )}
                </nav>
            </Top>
            <main id="content" class="handset">
                <h1 class="sr">{t.handset.title}</h1>
                <div class="left stack">
                    <Start session={session} params={params} set={setParams} start={start} busy={busy} />
                    {refusal && (
                        <p class="notice bad" role="alert" data-testid="refusal">
                            {refusal}
                        </p>
                    )}
                </div>
                <section class="phones" aria-label={t.handset.phones}>
                    {phones.map((number) => (
                        <Phone
                            key={number}
                            number={number}
                            session={session}
                            changed={refresh}
                            connected={(which) => open.current.add(which)}
                            use={(pin, request) => {
                                if (request !== running?.id) setVerdict(t.request.other);
                                setCode(pin);
                            }}
                            close={
                                phones.length > 1
                                    ? () => {
                                          open.current.delete(number);
                                          setPhones(phones.filter((each) => each !== number));
                                      }
                                    : undefined
                            }
                        />
                    ))}
                    {phones.length < phonesMax && (
                        <button type="button" class="plain add-phone" onClick={addPhone} aria-label={t.handset.add} title={t.handset.add}>
                            +
                        </button>
                    )}
                </section>
                <div class="right">
                    <Request
                        running={running}
                        found={found}
                        known={known}
                        offset={offset}
                        mayAdvance={session.mayAdvance}
                        code={code}
                        setCode={setCode}
                        check={check}
                        control={control}
                        advance={advance}
                        verdict={verdict}
                        busy={busy}
                        exchanges={exchanges}
                    />
                </div>
            </main>
        </>
    );
}

function reasonOf(made: Exchange): string {
    return made.headers.find(([name]) => name === 'roger-reason')?.[1] ?? '';
}

async function enter(headers: Record<string, string>, base: Session['base']): Promise<Session | string> {
    const made = await exchange('/sandbox/clock', { headers });
    const answer = json<{ account: string; may_advance: boolean }>(made);
    if (made.status !== 200 || !answer) return whyNot(made);
    return { headers, base, account: answer.account, mayAdvance: answer.may_advance };
}

function App() {
    const [session, setSession] = useState<Session>();
    const [trouble, setTrouble] = useState('');
    const [key, setKey] = useState('');
    const [secret, setSecret] = useState('');
    const [waiting, setWaiting] = useState(location.hash === '#open');

    const take = (answer: Session | string) => {
        if (typeof answer === 'string') setTrouble(answer);
        else setSession(answer);
        setWaiting(false);
    };
    useEffect(() => {
        // The one-time link left a cookie, which is seen by the sandbox's calls alone.
        if (waiting) void enter({}, '/sandbox/verify').then(take);
    }, []);
    const submit = async (event: Event) => {
        event.preventDefault();
        const bytes = new TextEncoder().encode(`${key}:${secret}`);
        take(await enter({ Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` }, '/verify'));
    };
    const leave = () => {
        setSession(undefined);
        setSecret('');
    };
    if (session) return <Handset session={session} leave={session.base === '/verify' ? leave : undefined} />;
    return (
        <>
            <Top title={t.handset.title} href="/handset">
                <a class="button quiet" href="/docs">
                    {t.docs}
                </a>
            </Top>
            <main id="content" class="sign-in">
                {waiting ? (
                    <Empty title={t.handset.opening} />
                ) : (
                    <form class="card stack" onSubmit={submit}>
                        <h1>{t.handset.signIn}</h1>
                        <p class="muted">{t.handset.signInHint}</p>
                        <Field label={t.key}>
                            <input data-testid="login-key" autocomplete="username" required value={key} onInput={(event) => setKey(event.currentTarget.value)} />
                        </Field>
                        <Field label={t.secret}>
                            <input data-testid="login-secret" type="password" autocomplete="current-password" required value={secret} onInput={(event) => setSecret(event.currentTarget.value)} />
                        </Field>
                        <button type="submit" data-testid="login-go">
                            {t.handset.enter}
                        </button>
                        {trouble && (
                            <p class="notice bad" role="alert">
                                {trouble}
                            </p>
                        )}
                    </form>
                )}
            </main>
        </>
    );
}

render(<App />, document.getElementById('app')!);
