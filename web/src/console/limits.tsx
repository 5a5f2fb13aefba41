// Rules, lists, blocks and money: who may start, how often, and at what price.
import { useState } from 'preact/hooks';

import { whyNot } from '../lib/http';
import { Empty, Field, Tabs, Time } from '../lib/ui';
import { t } from '../texts';
import { ask, good, may, query, useAction, useGet, type Who } from './api';
import { Head, Load, State, Table, Trouble, go, hashOf, money, type Column, type Place } from './parts';

const l = t.console.limits;

const tabs = ['rules', 'deny', 'allow', 'blocks', 'spend'] as const;

export function Limits({ place, who }: { place: Place; who: Who }) {
    const chosen = tabs.find((each) => each === place.path[1]) ?? 'rules';
    return (
        <>
            <Head title={l.title} />
            <Tabs tabs={tabs.map((id) => ({ id, name: l.tabs[id] }))} chosen={chosen} choose={(id) => go(['limits', id])} label={l.title}>
                {chosen === 'rules' && <Rules who={who} />}
                {(chosen === 'deny' || chosen === 'allow') && <List key={chosen} list={chosen} who={who} />}
                {chosen === 'blocks' && <Blocks place={place} who={who} />}
                {chosen === 'spend' && <Spend />}
            </Tabs>
        </>
    );
}

interface Rule {
    name: string;
    configured: string;
    set: string | null;
    in_force: string;
}

function Rules({ who }: { who: Who }) {
    const found = useGet<{ rules: Record<string, Omit<Rule, 'name'>>; sandbox: boolean }>('/rules');
    const { run, trouble, busy } = useAction();
    const set = async (name: string, mode: string) => {
        if (await run('/rules', 'PUT', { [name]: mode === '' ? null : mode })) found.reload();
    };
    const columns: Column<Rule>[] = [
        { name: t.console.rule, cell: (row) => <code>{row.name}</code>, sort: (row) => row.name },
        { name: l.inForce, cell: (row) => <State of={row.in_force} />, sort: (row) => row.in_force },
        { name: l.configured, cell: (row) => t.console.states[row.configured] ?? row.configured },
        {
            name: l.mode,
            cell: (row) => (
                <select aria-label={l.modeOf(row.name)} disabled={busy || !may(who, 'admin')} value={row.set ?? ''} onChange={(event) => set(row.name, event.currentTarget.value)}>
                    <option value="">{l.asConfigured}</option>
                    {['off', 'observe', 'enforce'].map((mode) => (
                        <option key={mode} value={mode}>
                            {t.console.states[mode]}
                        </option>
                    ))}
                </select>
            ),
        },
    ];
    return (
        <section class="card stack">
            <p class="muted">{l.rulesHint}</p>
            <Trouble text={trouble} />
            <Load of={found}>
                {(data) => (
                    <>
                        {data.sandbox && <p class="notice">{l.sandboxRules}</p>}
                        <Table label={l.tabs.rules} columns={columns} rows={Object.entries(data.rules).map(([name, rule]) => ({ name, ...rule }))} keyOf={(row) => row.name} empty={<Empty title={l.noRules} />} />
                    </>
                )}
            </Load>
        </section>
    );
}

const digitsOf = (text: string) => text.replace(/\D/g, '').replace(/^00/, '');

function List({ list, who }: { list: 'deny' | 'allow'; who: Who }) {
    const found = useGet<{ numbers: string[] }>(`/lists/${list}`);
    const [fresh, setFresh] = useState('');
    const { run, trouble, busy } = useAction();
    const allowed = may(who, 'support');
    const put = async (numbers: string[]) => {
        if (await run(`/lists/${list}`, 'PUT', { numbers })) {
            setFresh('');
            found.reload();
        }
    };
    const add = (known: string[]) => (event: Event) => {
        event.preventDefault();
        const typed = fresh.split(/[,;\n]+/).map(digitsOf).filter(Boolean);
        void put([...new Set([...known, ...typed.map((digits) => `+${digits}`)])]);
    };
    return (
        <Load of={found}>
            {(data) => (
                <section class="card stack">
                    <p class="muted">{l.listHints[list]}</p>
                    {allowed && (
                        <form class="filters" onSubmit={add(data.numbers)}>
                            <Field label={l.add} hint={l.addHint}>
                                <input type="search" data-testid="list-add" value={fresh} onInput={(event) => setFresh(event.currentTarget.value)} />
                            </Field>
                            <button type="submit" data-testid="list-add-go" disabled={busy || fresh.trim() === ''}>
                                {l.addGo}
                            </button>
                        </form>
                    )}
                    <Trouble text={trouble} />
                    {data.numbers.length === 0 ? (
                        <Empty title={l.emptyList}>{l.emptyListHint[list]}</Empty>
                    ) : (
                        <ul class="entries">
                            {data.numbers.map((entry) => (
                                <li key={entry}>
                                    <span class="num">{entry}</span>
                                    {allowed && (
                                        <button type="button" class="quiet" disabled={busy} aria-label={l.remove(entry)} onClick={() => put(data.numbers.filter((each) => each !== entry))}>
                                            ×
                                        </button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )}
                </section>
            )}
        </Load>
    );
}

interface Block {
    number: string | null;
    account: string | null;
    rule: string;
    until: string;
    seen?: number;
    limit?: number;
}

/** Whether a number may be the one that is shown masked, as +4477*****12. */
export function fits(shown: string | null, digits: string): boolean {
    const [, head = '', tail = ''] = /^\+?(\d*)\*+(\d*)$/.exec(shown ?? '') ?? [];
    return shown?.replace(/^\+/, '') === digits || (head !== '' && digits.startsWith(head) && digits.endsWith(tail));
}

function Blocks({ place, who }: { place: Place; who: Who }) {
    const { search = '', reveal } = place.query;
    const digits = digitsOf(search);
    const found = useGet<{ blocks: Block[] }>(`/blocks${query({ reveal })}`);
    const [trouble, setTrouble] = useState('');
    const [said, setSaid] = useState('');
    const lift = async (number: string, account: string | null) => {
        const answer = await ask(`/blocks${query({ number: `+${number}`, account: account ?? undefined })}`, 'DELETE');
        setTrouble(good(answer) ? '' : whyNot(answer));
        setSaid(good(answer) ? l.lifted : '');
        found.reload();
    };
    const columns: Column<Block>[] = [
        { name: t.console.number, cell: (row) => <span class="num">{row.number ?? '–'}</span> },
        { name: t.console.account, cell: (row) => (row.account ? <a href={hashOf(['accounts', row.account])}>{row.account}</a> : l.allAccounts) },
        { name: t.console.rule, cell: (row) => <code>{row.rule}</code>, sort: (row) => row.rule },
        { name: l.seen, number: true, cell: (row) => (row.seen === undefined ? '–' : l.seenOf(row.seen, row.limit)) },
        { name: l.until, cell: (row) => <Time at={row.until} />, sort: (row) => row.until },
    ];
    if (may(who, 'support')) {
        columns.push({
            name: l.unblock,
            cell: (row) => {
                // A masked number cannot be given back; one that was typed, or is shown whole, can.
                const whole = /^\+\d+$/.test(row.number ?? '') ? digitsOf(row.number!) : digits;
                return whole ? (
                    <button type="button" class="plain" data-testid="unblock" onClick={() => lift(whole, row.account)}>
                        {l.unblock}
                    </button>
                ) : (
                    <span class="small muted">{l.searchFirst}</span>
                );
            },
        });
    }
    return (
        <section class="card stack">
            <form
                class="filters"
                role="search"
                onSubmit={(event) => {
                    event.preventDefault();
                    go(['limits', 'blocks'], { ...place.query, search: new FormData(event.currentTarget).get('search') as string });
                }}
            >
                <Field label={t.console.number}>
                    <input name="search" type="search" data-testid="search-box" defaultValue={search} key={search} />
                </Field>
                <button type="submit">{t.console.find}</button>
                {who.numbers && (
                    <label class="check">
                        <input type="checkbox" checked={reveal === 'number'} onChange={() => go(['limits', 'blocks'], { ...place.query, reveal: reveal ? undefined : 'number' })} />
                        {t.console.reveal}
                    </label>
                )}
            </form>
            <Trouble text={trouble} />
            {said && (
                <p class="notice ok" role="status">
                    {said}
                </p>
            )}
            <Load of={found}>
                {(data) => (
                    <Table
                        label={l.tabs.blocks}
                        columns={columns}
                        rows={digits ? data.blocks.filter((row) => fits(row.number, digits)) : data.blocks}
                        keyOf={(row) => `${row.number}/${row.account}/${row.rule}`}
                        empty={<Empty title={digits ? l.notBlocked : l.noBlocks}>{l.noBlocksHint}</Empty>}
                    />
                )}
            </Load>
        </section>
    );
}

interface Sums {
    settled: string;
    reserved: string;
}

interface Fund {
    account: string;
    currency: string;
    balance: string | null;
    reserved: string;
    day: Sums;
    month: Sums;
    caps: { period: string; scope: string; amount: string }[];
}

function Spend() {
    const found = useGet<{ accounts: Fund[] }>('/spend');
    const sum = (sums: Sums, currency: string) => `${money(sums.settled)} ${currency}${Number(sums.reserved) > 0 ? ` (+ ${money(sums.reserved)})` : ''}`;
    const columns: Column<Fund>[] = [
        { name: t.console.account, cell: (row) => <a href={hashOf(['accounts', row.account])}>{row.account}</a>, sort: (row) => row.account },
        { name: l.balance, number: true, cell: (row) => (row.balance === null ? l.notPrepaid : `${money(row.balance)} ${row.currency}`), sort: (row) => Number(row.balance ?? 0) },
        { name: l.today, number: true, cell: (row) => sum(row.day, row.currency), sort: (row) => Number(row.day.settled) },
        { name: l.month, number: true, cell: (row) => sum(row.month, row.currency), sort: (row) => Number(row.month.settled) },
        {
            name: l.caps,
            cell: (row) => (row.caps.length === 0 ? l.noCaps : row.caps.map((cap) => l.cap(money(cap.amount), row.currency, cap.period, cap.scope)).join(' · ')),
        },
    ];
    return (
        <section class="card">
            <Load of={found}>{(data) => <Table label={l.tabs.spend} columns={columns} rows={data.accounts} keyOf={(row) => row.account} empty={<Empty title={l.noSpend}>{l.noSpendHint}</Empty>} />}</Load>
        </section>
    );
}
