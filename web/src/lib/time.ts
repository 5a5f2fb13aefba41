// Times in the viewer's zone, and in UTC for whoever compares them with a log.
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

export function atLocal(at: string, date = true): string {
    const when = new Date(at);
    if (Number.isNaN(when.getTime())) return at;
    return date ? `${day.format(when)}, ${time.format(when)}` : time.format(when);
}

export function atUtc(at: string): string {
    const when = new Date(at);
    return Number.isNaN(when.getTime()) ? at : `${when.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** 125 to "2:05", 3725 to "1:02:05". */
export function clock(seconds: number): string {
    const whole = Math.max(0, Math.round(seconds));
    const two = (value: number) => String(value).padStart(2, '0');
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
