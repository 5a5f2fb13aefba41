// An account's own limits: whom it may reach, from where, and what it may spend.
import { useState } from 'preact/hooks';

import { Empty, Field } from '../lib/ui';
import { t } from '../texts';
import type { Account, Cap } from './api';
import { Table, money } from './parts';

const a = t.console.accounts;

const lists = ['countries', 'allow_ip', 'deny_numbers', 'allow_numbers'] as const;

interface Props {
    value: (name: keyof Account) => unknown;
    put: (name: keyof Account, to: unknown) => void;
    locked: boolean;
}

export function Reach({ value, put, locked }: Props) {
    return (
        <section class="card">
            <header>
                <h2>{a.reach}</h2>
            </header>
            <div class="grid2 wide">
                <Field label={a.policy}>
                    <select disabled={locked} value={String(value('policy') ?? 'standard')} onChange={(event) => put('policy', event.currentTarget.value)}>
                        {['standard', 'psd2', 'strict'].map((policy) => (
                            <option key={policy}>{policy}</option>
                        ))}
                    </select>
                </Field>
                {(['sender', 'locale'] as const).map((name) => (
                    <Field key={name} label={a[name]}>
                        <input disabled={locked} value={String(value(name) ?? '')} onInput={(event) => put(name, event.currentTarget.value)} />
                    </Field>
                ))}
                {lists.map((name) => (
                    <Field key={name} label={a[name]} hint={a.listHint}>
                        <input
                            disabled={locked}
                            value={((value(name) as string[] | undefined) ?? []).join(', ')}
                            onChange={(event) => put(name, event.currentTarget.value.split(/[\s,;]+/).filter(Boolean))}
                        />
                    </Field>
                ))}
            </div>
        </section>
    );
}

export function Caps({ caps, put, currency, locked }: { caps: Cap[]; put: (caps: Cap[]) => void; currency: string; locked: boolean }) {
    const [fresh, setFresh] = useState<Cap>({ period: 'day', scope: '', amount: '' });
    const same = (one: Cap) => (other: Cap) => one.period === other.period && one.scope === other.scope;
    return (
        <section class="card stack">
            <h2>{a.caps}</h2>
            <Table
                label={a.caps}
                rows={caps}
                keyOf={(cap) => `${cap.period}/${cap.scope}`}
                empty={<Empty title={a.noCaps}>{a.noCapsHint}</Empty>}
                columns={[
                    { name: a.amount, number: true, cell: (cap) => `${money(cap.amount)} ${currency}` },
                    { name: a.period, cell: (cap) => a.periods[cap.period] ?? cap.period },
                    { name: a.scope, cell: (cap) => cap.scope || t.console.any },
                    {
                        name: t.console.templates.change,
                        cell: (cap) => (
                            <button type="button" class="quiet" disabled={locked} aria-label={a.removeCap} onClick={() => put(caps.filter((each) => !same(cap)(each)))}>
                                ×
                            </button>
                        ),
                    },
                ]}
            />
            {!locked && (
                <div class="filters">
                    <Field label={a.amount} hint={currency}>
                        <input inputMode="decimal" value={fresh.amount} onInput={(event) => setFresh({ ...fresh, amount: event.currentTarget.value })} />
                    </Field>
                    <Field label={a.period}>
                        <select value={fresh.period} onChange={(event) => setFresh({ ...fresh, period: event.currentTarget.value })}>
                            {Object.entries(a.periods).map(([period, shown]) => (
                                <option key={period} value={period}>
                                    {shown}
                                </option>
                            ))}
                        </select>
                    </Field>
                    <Field label={a.scope} hint={a.scopeHint}>
                        <input type="search" value={fresh.scope} onInput={(event) => setFresh({ ...fresh, scope: event.currentTarget.value })} />
                    </Field>
                    <button
                        type="button"
                        class="plain"
                        disabled={fresh.amount === ''}
                        onClick={() => {
                            put([...caps.filter((each) => !same(fresh)(each)), fresh]);
                            setFresh({ period: 'day', scope: '', amount: '' });
                        }}
                    >
                        {a.addCap}
                    </button>
                </div>
            )}
        </section>
    );
}
