// What every page is put together from.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { t } from '../texts';
import { nextTheme, theme } from './theme';
import { atLocal, atUtc } from './time';

type Children = { children?: ComponentChildren };

export function Top({ title, href, children }: { title: string; href: string } & Children) {
    return (
        <>
            <a class="skip" href="#content">
                {t.skip}
            </a>
            <header class="top">
                <a class="brand" href={href}>
                    <img src="/icon.svg" alt="" width="24" height="24" /> Roger
                </a>
                <span class="top-title">{title}</span>
                <span class="top-space" />
                {children}
                <ThemeButton />
            </header>
        </>
    );
}

export function ThemeButton() {
    const [now, set] = useState(theme());
    return (
        <button type="button" class="quiet" onClick={() => set(nextTheme())} aria-label={`${t.theme.label}: ${t.theme[now]}`}>
            {t.theme[now]}
        </button>
    );
}

export function Field({ label, hint, children }: { label: string; hint?: string } & Children) {
    return (
        <label>
            <span>
                {label}
                {hint && <span class="hint"> · {hint}</span>}
            </span>
            {children}
        </label>
    );
}

export function CopyButton({ text, label = t.copy, class: name = 'quiet' }: { text: string; label?: string; class?: string }) {
    const [done, setDone] = useState(false);
    const copy = async () => {
        await copyText(text);
        setDone(true);
        setTimeout(() => setDone(false), 1600);
    };
    return (
        <button type="button" class={name} onClick={copy}>
            {done ? t.copied : label}
        </button>
    );
}

/** Also where the clipboard is not for pages of this origin (plain HTTP from another machine). */
async function copyText(text: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        const area = document.createElement('textarea');
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
    }
}

export function Code({ text, label }: { text: string; label: string }) {
    return (
        <div class="code">
            <pre tabIndex={0} role="region" aria-label={label}>
                <code>{text}</code>
            </pre>
            <CopyButton text={text} />
        </div>
    );
}

export interface Tab {
    id: string;
    name: string;
}

/** A list of tabs, moved through with the arrow keys (WAI-ARIA's pattern). */
export function Tabs({ tabs, chosen, choose, label, children }: {
    tabs: Tab[];
    chosen: string;
    choose: (id: string) => void;
    label: string;
} & Children) {
    const base = useId();
    const list = useRef<HTMLDivElement>(null);
    const move = (event: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (by === 0) return;
        event.preventDefault();
        const at = tabs.findIndex((tab) => tab.id === chosen);
        const next = tabs[(at + by + tabs.length) % tabs.length]!;
        choose(next.id);
        list.current?.querySelector<HTMLButtonElement>(`[data-tab="${next.id}"]`)?.focus();
    };
    return (
        <div class="stack">
            <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
                {tabs.map((tab) => (
                    <button
                        key={tab.id}
                        type="button"
                        role="tab"
                        id={`${base}-${tab.id}`}
                        data-tab={tab.id}
                        aria-selected={tab.id === chosen}
                        aria-controls={`${base}-panel`}
                        tabIndex={tab.id === chosen ? 0 : -1}
                        onClick={() => choose(tab.id)}
                    >
                        {tab.name}
                    </button>
                ))}
            </div>
            <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${chosen}`}>
                {children}
            </div>
        </div>
    );
}

/** The viewer's own time; UTC when it is hovered over. */
export function Time({ at, date = true }: { at: string | null | undefined; date?: boolean }) {
    if (!at) return <span class="muted">–</span>;
    return (
        <time class="num" dateTime={at} title={atUtc(at)}>
            {atLocal(at, date)}
        </time>
    );
}

export function Empty({ title, children }: { title: string } & Children) {
    return (
        <div class="empty">
            <strong>{title}</strong>
            {children}
        </div>
    );
}

/** A dialog of the browser's own, which keeps the focus and closes with Escape. */
export function Dialog({ title, close, children }: { title: string; close: () => void } & Children) {
    const dialog = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        dialog.current?.showModal();
    }, []);
    return (
        <dialog ref={dialog} aria-labelledby={id} onClose={close}>
            <div class="stack">
                <div class="row">
                    <h2 id={id} class="grow">
                        {title}
                    </h2>
                    <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
                        {t.close}
                    </button>
                </div>
                {children}
            </div>
        </dialog>
    );
}
