// What the sandbox's calls answer.
export interface Message {
    request_id: string;
    event_id: string;
    number: string;
    channel: 'sms' | 'tts';
    sender: string;
    locale: string;
    voice: string;
    text: string | null;
    pin: string | null;
    at: string;
    audio_url: string | null;
}

export interface PhoneCall {
    id: string;
    request_id: string;
    number: string;
    sender: string;
    locale: string;
    voice: string;
    state: string; // ringing, answered, or how it ended
    reason: string;
    at: string;
    audio_url: string | null;
}

/** Who this page speaks as: by key and secret, or by the cookie of the one-time link. */
export interface Session {
    headers: Record<string, string>;
    base: '/verify' | '/sandbox/verify';
    account: string;
    mayAdvance: boolean;
}

export interface Found {
    request_id: string;
    status: string;
    number: string;
    date_submitted: string;
    date_finalized: string;
    checks?: { date_received: string; code: string; status: string }[];
    events?: { id: string; type: string }[];
}

export interface Running {
    id: string;
    number: string;
    params: Record<string, string>;
    psd2: boolean;
}
