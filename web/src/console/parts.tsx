// What the console's pages share: tables, paging, charts' colours, places in the address.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Empty } from '../lib/ui';
import { t } from '../texts';
import type { Loaded } from './api';

/** The place is behind '#', so that the server has one page alone: "#/requests?status=failed". */
export interface Place {
    path: string[];
    query: Record<string, string>;
}

export function placeOf(hash: string): Place {
    const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
    return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: Object.fromEntries(new URLSearchParams(query)) };
}

export function hashOf(path: string[], query: Record<string, string | undefined> = {}): string {
    const pairs = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
    return `#/${path.map(encodeURIComponent).join('/')}${pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''}`;
}

export function go(path: string[], query: Record<string, string | undefined> = {}) {
    location.hash = hashOf(path, query);
}

export function usePlace(): Place {
    const [place, setPlace] = useState(placeOf(location.hash));
    useEffect(() => {
        const read = () => setPlace(placeOf(location.hash));
        addEventListener('hashchange', read);
        return () => removeEventListener('hashchange', read);
    }, []);
    return place;
}

/** Of a field; country codes are capitals. */
export function valueOf(event: Event): string {
    const field = event.currentTarget as HTMLInputElement;
    return field.classList.contains('upper') ? field.value.toUpperCase() : field.value;
}

export interface Column<Row> {
    name: string;
    cell: (row: Row) => ComponentChildren;
    number?: boolean;
    sort?: (row: Row) => string | number; // lists that come whole are sorted here
}

interface TableProps<Row> {
    label: string;
    columns: Column<Row>[];
    rows: Row[];
    keyOf: (row: Row) => string;
    empty: ComponentChildren;
}

export function Table<Row>({ label, columns, rows, keyOf, empty }: TableProps<Row>) {
    const [by, setBy] = useState<{ at: number; down: boolean }>();
    if (rows.length === 0) return <>{empty}</>;
    const sort = by && columns[by.at]?.sort;
    const shown = sort
        ? [...rows].sort((a, b) => {
              const [x, y] = [sort(a), sort(b)];
              return (x < y ? -1 : x > y ? 1 : 0) * (by.down ? -1 : 1);
          })
        : rows;
    return (
        <div class="table" tabIndex={0} role="region" aria-label={label}>
            <table>
                <thead>
                    <tr>
                        {columns.map((column, at) => (
                            <th key={column.name} scope="col" class={column.number ? 'right' : ''} aria-sort={by?.at === at ? (by.down ? 'descending' : 'ascending') : undefined}>
                                {column.sort ? (
                                    <button type="button" onClick={() => setBy({ at, down: by?.at === at ? !by.down : Boolean(column.number) })}>
                                        {column.name}
                                        <span aria-hidden="true">{by?.at === at ? (by.down ? ' ↓' : ' ↑') : ''}</span>
                                    </button>
                                ) : (
                                    column.name
                                )}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {shown.map((row) => (
                        <tr key={keyOf(row)}>
                            {columns.map((column) => (
                                <td key={column.name} class={column.number ? 'right num' : ''}>
                                    {column.cell(row)}
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

/** Back and on through keyset pages: the server says where the next begins, the way back is remembered. */
export function usePages(reset: string): { after: string | undefined; page: number; next: (after: string) => void; back: () => void } {
    const [state, setState] = useState<{ reset: string; stack: string[] }>({ reset, stack: [] });
    const stack = state.reset === reset ? state.stack : [];
    return {
        after: stack.at(-1),
        page: stack.length + 1,
        next: (after) => setState({ reset, stack: [...stack, after] }),
        back: () => setState({ reset, stack: stack.slice(0, -1) }),
    };
}

export function Pager({ pages, next }: { pages: ReturnType<typeof usePages>; next: string | null | undefined }) {
    if (pages.page === 1 && !next) return null;
    return (
        <nav class="row pager" aria-label={t.console.pages}>
            <button type="button" class="plain" disabled={pages.page === 1} onClick={pages.back}>
                {t.console.newer}
            </button>
            <span class="small muted">{t.console.page(pages.page)}</span>
            <button type="button" class="plain" disabled={!next} onClick={() => next && pages.next(next)}>
                {t.console.older}
            </button>
        </nav>
    );
}

/** What was loaded; before that nothing, and instead of it why not. */
export function Load<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
    if (of.data !== undefined) return <>{children(of.data)}</>;
    if (of.trouble)
        return (
            <Empty title={t.console.notLoaded}>
                <p>{of.trouble}</p>
                <button type="button" class="plain" onClick={of.reload}>
                    {t.console.again}
                </button>
            </Empty>
        );
    return (
        <p class="muted loading" role="status">
            {t.console.loading}
        </p>
    );
}

const tones: Record<string, string> = {
    success: 'ok', delivered: 'ok', up: 'ok', ACTIVE: 'ok', enforce: 'ok', right: 'ok',
    failed: 'bad', down: 'bad', wrong: 'bad',
    expired: 'warn', cancelled: 'warn', PENDING: 'warn', observe: 'warn',
    in_progress: 'accent', submitted: 'accent', sending: 'accent',
};

export function State({ of }: { of: string }) {
    return <span class={`tag ${tones[of] ?? ''}`}>{t.console.states[of] ?? of}</span>;
}

export const percent = (share: number | null | undefined) => (share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`);
export const whole = (value: number | undefined) => (value ?? 0).toLocaleString('en-GB').replace(/,/g, '\u202f');
/** "0.03500000" to "0.035". */
export const money = (text: string) => text.replace(/(\.\d\d\d*?)0+$/, '$1');

export function Head({ title, children }: { title: string; children?: ComponentChildren }) {
    useEffect(() => {
        document.title = `${title} – Roger`;
    }, [title]);
    return (
        <header class="page-head">
            <h1>{title}</h1>
            <div class="row">{children}</div>
        </header>
    );
}

export function Trouble({ text }: { text: string }) {
    if (!text) return null;
    return (
        <p class="notice bad" role="alert">
            {text}
        </p>
    );
}
