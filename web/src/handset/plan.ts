// A workflow as it is planned: the same rules as src/verification/workflow.cpp.
export type Channel = 'sms' | 'tts';

const workflows: Record<number, { channels: Channel[]; waits: number[] }> = {
    1: { channels: ['sms', 'tts', 'tts'], waits: [125, 180, 300] },
    2: { channels: ['sms', 'sms', 'tts'], waits: [125, 180, 300] },
    3: { channels: ['tts', 'tts'], waits: [150, 150] },
    4: { channels: ['sms', 'sms'], waits: [120, 180] },
    5: { channels: ['sms', 'tts'], waits: [120, 180] },
    6: { channels: ['sms'], waits: [0] },
    7: { channels: ['tts'], waits: [0] },
};

export interface Plan {
    channels: Channel[];
    waits: number[]; // seconds after each event
    pinExpiry: number;
}

export function planOf(params: Record<string, string>): Plan {
    const { channels, waits } = workflows[Number(params.workflow_id) || 1] ?? workflows[1]!;
    const wait = Number(params.next_event_wait) || 0;
    let pinExpiry = Number(params.pin_expiry) || 300;
    const mismatch = params.pin_expiry ? pinExpiry % wait !== 0 : wait > 300;
    if (wait > 0 && mismatch) pinExpiry = wait;
    return { channels, pinExpiry, waits: waits.map((own) => (own === 0 ? pinExpiry : wait || own)) };
}

/** What is known of an event that has begun. */
export interface Begun {
    id: string;
    channel: Channel;
    at: number; // ms of service time
    state: string; // '' for a message that arrived
    reason: string;
}

export interface Step {
    channel: Channel;
    at: number; // ms: when it happened, or when it is due
    begun?: Begun;
    lost: boolean; // overtaken, and nothing is known of it: it reached no phone
}

/**
 * The plan with what has become of it. Events that failed are in no answer, so what is known is laid along the plan by
 * its channels, in order.
 */
export function stepsOf(plan: Plan, started: number, known: Begun[]): { steps: Step[]; ends: number } {
    const sorted = [...known].sort((a, b) => a.at - b.at);
    const steps: Step[] = [];
    let due = started;
    for (const [index, channel] of plan.channels.entries()) {
        const match = sorted[0]?.channel === channel ? sorted.shift() : undefined;
        const at = match?.at ?? due;
        steps.push({ channel, at, begun: match, lost: !match && sorted.length > 0 });
        due = at + (plan.waits[index] ?? 0) * 1000;
    }
    return { steps, ends: Math.max(due, (steps[0]?.at ?? started) + plan.pinExpiry * 1000) };
}
