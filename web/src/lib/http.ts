// Calls of this server alone, as values: what was asked, what came back, how long it took.
export interface Exchange {
    method: string;
    path: string;
    sent?: string;
    status: number; // 0: no answer
    headers: [string, string][];
    text: string;
    ms: number;
}

export interface Call {
    method?: string;
    body?: unknown;
    headers?: Record<string, string>;
    signal?: AbortSignal;
}

export async function exchange(path: string, { method = 'GET', body, headers = {}, signal }: Call = {}): Promise<Exchange> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const began = performance.now();
    const done = (status: number, fields: [string, string][], text: string): Exchange => ({
        method,
        path,
        sent,
        status,
        headers: fields,
        text,
        ms: Math.round(performance.now() - began),
    });
    try {
        const answer = await fetch(path, {
            method,
            body: sent,
            signal,
            credentials: 'same-origin',
            headers: { ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
        });
        return done(answer.status, [...answer.headers], await answer.text());
    } catch (error) {
        if ((error as Error).name === 'AbortError') throw error;
        return done(0, [], '');
    }
}

export function json<T>(answer: Exchange): T | undefined {
    try {
        return JSON.parse(answer.text) as T;
    } catch {
        return undefined;
    }
}

/** The sentence of a refusal. */
export function whyNot(answer: Exchange): string {
    if (answer.status === 0) return 'The server cannot be reached. It may be restarting: try again in a moment.';
    const body = json<{ detail?: string; error_text?: string }>(answer);
    return body?.detail ?? body?.error_text ?? `The server answered ${answer.status}.`;
}

export interface Frame {
    event: string;
    data: string;
}

/**
 * Server-sent events by fetch, which can send credentials where EventSource cannot. Connects again by itself, later each
 * time, until the signal ends it.
 */
export async function listen(
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    take: (frame: Frame) => void,
    state: (connected: boolean, why?: string, status?: number) => void,
): Promise<void> {
    let wait = 500;
    while (!signal.aborted) {
        try {
            const answer = await fetch(path, { headers: { Accept: 'text/event-stream', ...headers }, signal });
            if (!answer.ok || !answer.body) {
                const text = await answer.text();
                state(false, whyNot({ method: 'GET', path, status: answer.status, headers: [], text, ms: 0 }), answer.status);
                if (answer.status === 401 || answer.status === 403 || answer.status === 404) return;
            } else {
                state(true);
                wait = 500;
                const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
                let rest = '';
                for (;;) {
                    const { value, done } = await reader.read();
                    if (done) break;
                    const blocks = (rest + value).split('\n\n');
                    rest = blocks.pop() ?? '';
                    for (const block of blocks) {
                        const lines = block.split('\n');
                        const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
                        const event = lines.find((line) => line.startsWith('event: '))?.slice(7) ?? 'message';
                        if (data.length > 0) take({ event, data: data.join('\n') });
                    }
                }
                state(false);
            }
        } catch (error) {
            if (signal.aborted || (error as Error).name === 'AbortError') return;
            state(false);
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, 8000);
    }
}
