// The console: signs in, then shows one page after the other beside a list of them.
import '../base.css';
import './console.css';

import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { json, whyNot } from '../lib/http';
import { Field, Top } from '../lib/ui';
import { t } from '../texts';
import { Access, Audit } from './access';
import { AccountPage, Accounts } from './accounts';
import { ask, good, may, setSession, type Who } from './api';
import { ConversionsPage } from './conversions';
import { Limits } from './limits';
import { Overview, useLive } from './overview';
import { Trouble, usePlace } from './parts';
import { Refusals, Requests } from './requests';
import { Routes } from './routes';
import { StoryPage } from './story';
import { Templates } from './templates';

const pages = ['overview', 'conversions', 'requests', 'refusals', 'accounts', 'templates', 'limits', 'routes', 'audit', 'access'] as const;

function Console({ who, leave }: { who: Who; leave: () => void }) {
    const place = usePlace();
    const live = useLive();
    const shown = pages.filter((each) => each !== 'access' || may(who, 'admin'));
    const page = shown.find((each) => each === place.path[0]) ?? 'overview';
    const id = place.path[1];
    useEffect(() => {
        document.querySelector<HTMLElement>('#content')?.focus({ preventScroll: true });
        scrollTo(0, 0);
    }, [place.path.join('/')]);
    return (
        <>
            <Top title={t.console.title} href="/">
                <span class={`tag ${live.connected ? 'ok' : 'warn'}`} role="status" data-testid="connection">
                    {live.connected ? t.console.live : t.console.connecting}
                </span>
                {live.live?.sandbox && <span class="tag accent">{t.console.sandbox}</span>}
                <a class="button quiet" href="/docs">
                    {t.docs}
                </a>
                <button type="button" class="quiet" data-testid="logout" onClick={leave} title={who.user}>
                    {t.console.signOut}
                </button>
            </Top>
            <div class="console">
                <nav class="side" aria-label={t.nav}>
                    <ul>
                        {shown.map((each) => (
                            <li key={each}>
                                <a href={`#/${each}`} aria-current={each === page ? 'page' : undefined}>
                                    {t.console.names[each]}
                                </a>
                            </li>
                        ))}
                    </ul>
                </nav>
                <main id="content" class="stack" tabIndex={-1}>
                    {page === 'overview' && <Overview live={live.live} past={live.past} />}
                    {page === 'conversions' && <ConversionsPage place={place} />}
                    {page === 'requests' && (id ? <StoryPage id={id} who={who} reveal={place.query.reveal} /> : <Requests place={place} who={who} />)}
                    {page === 'refusals' && <Refusals place={place} />}
                    {page === 'accounts' && (id ? <AccountPage key={id} account={id} who={who} /> : <Accounts who={who} />)}
                    {page === 'templates' && <Templates place={place} who={who} />}
                    {page === 'limits' && <Limits place={place} who={who} />}
                    {page === 'routes' && <Routes who={who} />}
                    {page === 'audit' && <Audit place={place} />}
                    {page === 'access' && <Access who={who} />}
                </main>
            </div>
        </>
    );
}

/** Signing in, or making the first user with the token of the one-time link: /setup#TOKEN. */
function Door({ enter, notice }: { enter: (who: Who) => void; notice: string }) {
    const token = location.pathname === '/setup' ? location.hash.slice(1) : '';
    const [user, setUser] = useState('');
    const [password, setPassword] = useState('');
    const [trouble, setTrouble] = useState('');
    const [busy, setBusy] = useState(false);
    const [open, setOpen] = useState(false);
    useEffect(() => {
        document.title = `${t.console.signIn} – Roger`;
        if (!token) void ask('/setup').then((answer) => setOpen(json<{ open?: boolean }>(answer)?.open ?? false));
    }, []);
    const submit = async (event: Event) => {
        event.preventDefault();
        setBusy(true);
        const answer = token ? await ask('/setup', 'POST', { token, user, password }) : await ask('/session', 'POST', { user, password });
        setBusy(false);
        const who = json<Who>(answer);
        if (!good(answer) || !who) {
            setTrouble(whyNot(answer));
            return;
        }
        if (token) history.replaceState(null, '', '/');
        enter(who);
    };
    return (
        <>
            <Top title={t.console.title} href="/">
                <a class="button quiet" href="/docs">
                    {t.docs}
                </a>
            </Top>
            <main id="content" class="door">
                <form class="card stack" onSubmit={submit}>
                    <h1>{token ? t.console.setup : t.console.signIn}</h1>
                    <p class="muted">{token ? t.console.setupHint : t.console.signInHint}</p>
                    {notice && !trouble && (
                        <p class="notice warn" role="status">
                            {notice}
                        </p>
                    )}
                    {open && <p class="notice">{t.console.setupOpen}</p>}
                    <Field label={t.console.user}>
                        <input data-testid="login-user" autocomplete="username" required value={user} onInput={(event) => setUser(event.currentTarget.value)} />
                    </Field>
                    <Field label={t.console.password}>
                        <input data-testid="login-password" type="password" autocomplete={token ? 'new-password' : 'current-password'} required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
                    </Field>
                    <Trouble text={trouble} />
                    <div class="row">
                        <button type="submit" data-testid="login-go" disabled={busy}>
                            {token ? t.console.setupGo : t.console.signIn}
                        </button>
                    </div>
                </form>
            </main>
        </>
    );
}

function App() {
    const [who, setWho] = useState<Who | null>();
    const [notice, setNotice] = useState('');
    const enter = (next: Who | null, why = '') => {
        setSession(next ?? undefined, () => enter(null, t.console.expired2));
        setNotice(why);
        setWho(next);
    };
    useEffect(() => {
        void ask('/session').then((answer) => enter(good(answer) ? (json<Who>(answer) ?? null) : null, answer.status === 0 ? whyNot(answer) : ''));
    }, []);
    const leave = async () => {
        await ask('/session', 'DELETE');
        enter(null, t.console.left);
    };
    if (who === undefined) return null;
    if (who === null) return <Door enter={enter} notice={notice} />;
    return <Console who={who} leave={leave} />;
}

render(<App />, document.getElementById('app')!);
