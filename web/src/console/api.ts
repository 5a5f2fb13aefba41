// The operator's calls, with the session's CSRF token, and what they answer.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { exchange, json, whyNot, type Exchange } from '../lib/http';

export type Scope = 'read' | 'support' | 'admin';

export interface Who {
    user: string;
    scope: Scope;
    numbers: boolean;
    csrf: string | null;
}

const ranks: Scope[] = ['read', 'support', 'admin'];
export const may = (who: Who, scope: Scope) => ranks.indexOf(who.scope) >= ranks.indexOf(scope);

let csrf = '';
let expired: () => void = () => {};

/** @param onExpired  called when the session is over: the person signs in again */
export function setSession(who: Who | undefined, onExpired: () => void) {
    csrf = who?.csrf ?? '';
    expired = onExpired;
}

export async function ask(path: string, method = 'GET', body?: unknown): Promise<Exchange> {
    const headers: Record<string, string> = method === 'GET' || !csrf ? {} : { 'X-CSRF-Token': csrf };
    const answer = await exchange(`/admin/v1${path}`, { method, body, headers });
    if (answer.status === 401 && path !== '/session' && path !== '/setup') expired();
    return answer;
}

export const good = (answer: Exchange) => answer.status >= 200 && answer.status < 300;

/** What a form does when it is sent: runs, tells why not, and says whether it worked. */
export function useAction(): { run: <T>(path: string, method: string, body?: unknown) => Promise<T | undefined>; trouble: string; busy: boolean; clear: () => void } {
    const [trouble, setTrouble] = useState('');
    const [busy, setBusy] = useState(false);
    const run = async <T,>(path: string, method: string, body?: unknown) => {
        setBusy(true);
        const answer = await ask(path, method, body);
        setBusy(false);
        setTrouble(good(answer) ? '' : whyNot(answer));
        return good(answer) ? (json<T>(answer) ?? ({} as T)) : undefined;
    };
    return { run, trouble, busy, clear: () => setTrouble('') };
}

export interface Loaded<T> {
    data?: T;
    trouble: string;
    loading: boolean;
    reload: () => void;
}

/** Reads a path, and again when it changes. An answer that was overtaken is dropped. */
export function useGet<T>(path: string | undefined): Loaded<T> {
    const [state, setState] = useState<{ data?: T; trouble: string; loading: boolean }>({ trouble: '', loading: true });
    const last = useRef(0);
    const load = useCallback(async () => {
        if (path === undefined) return;
        const own = ++last.current;
        setState((before) => ({ ...before, loading: true }));
        const answer = await ask(path);
        if (own !== last.current) return;
        setState(good(answer) ? { data: json<T>(answer), trouble: '', loading: false } : { trouble: whyNot(answer), loading: false });
    }, [path]);
    useEffect(() => void load(), [load]);
    return { ...state, reload: () => void load() };
}

export function query(parameters: Record<string, string | number | undefined>): string {
    const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

export interface RouteState {
    name: string;
    channel: string;
    up: boolean;
    enabled: boolean;
    backlog_ms: number;
}

export interface Live {
    at: string;
    uptime_seconds: number;
    live: number;
    totals: Record<string, number>;
    per_second: Record<string, number>;
    refused: Record<string, number>;
    routes: RouteState[];
    history_behind: number;
    sandbox: boolean;
    ready: boolean;
}

export interface ConversionRow {
    country?: string;
    network?: string;
    channel?: string;
    route?: string;
    hour?: string;
    started: number;
    delivered: number;
    converted: number;
    failed: number;
    expired: number;
    cancelled: number;
    in_progress: number;
    conversion: number | null;
    time_to_verify: { p50: number | null; p90: number | null };
}

export interface Conversions {
    from: string;
    to: string;
    by: string[];
    rows: ConversionRow[];
    total: ConversionRow;
    funnel: Record<'started' | 'handed_over' | 'delivered' | 'checked' | 'converted', number>;
    behind: number;
}

export interface Summary {
    request_id: string;
    account: string;
    status: string;
    number: string;
    country: string;
    network: string;
    submitted: string;
    finalized: string | null;
    events: number;
    last_event: { channel: string; state: string; route: string; reason: string } | null;
}

export interface StoryEvent {
    event_id: string;
    channel: string;
    state: string;
    route: string;
    tried: string[];
    attempt: number;
    attempts_max: number;
    segments: number;
    price: string;
    begun: string;
    handed_over: string | null;
    receipted: string | null;
    ambiguous: boolean;
    reason: string;
    pin_generation: number;
}

export interface Refusal {
    id: string;
    at: string;
    account: string;
    call: string;
    status: number;
    rule: string;
    reason: string;
    number: string;
    country: string;
    request_id: string;
}

export interface Story extends Omit<Summary, 'events'> {
    events: StoryEvent[];
    number_type: string;
    brand: string;
    sender_id: string;
    locale: string;
    workflow_id: number;
    pin: { length: number; chosen_by: string; generation: number; made: string; good_until: string; wrong_checks: number };
    plan: { channel: string; wait_seconds: number; state: string; at: string | null }[];
    checks: { at: string; verdict: string }[];
    charges: { currency: string; verification: string; messages: string };
    refusals?: Refusal[];
    blanked?: boolean;
}

export interface Account {
    key: string;
    secrets: number;
    signature_method: string;
    disabled: boolean;
    barred: boolean;
    demo: boolean;
    pin_code: boolean;
    lenient_cancel: boolean;
    six_digits: boolean;
    rate: number | null;
    burst: number | null;
    price: string;
    currency: string;
    approved: number;
    retention_days: number;
    template_review: boolean;
    app_hash: string;
    domain: string;
    created: string;
    // Of servers that have spending limits:
    policy?: string;
    caps?: Cap[];
    countries?: string[];
    types?: string[];
    deny_numbers?: string[];
    allow_numbers?: string[];
    allow_ip?: string[];
    sender?: string;
    locale?: string;
}

export interface Cap {
    period: string; // day, month
    scope: string; // "", country:GB, network:23415
    amount: string;
}

export interface Template {
    account_id: string;
    action_type: 'sms' | 'voice';
    lg: string;
    version: number;
    status: string;
    template?: string;
    warnings?: string[];
}

export interface Preview {
    lg: string;
    channel: string;
    text: string;
    encoding: string;
    segments: number;
    length: number;
    segment_length: number;
}
