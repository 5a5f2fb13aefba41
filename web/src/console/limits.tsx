// Rules, lists, blocks and money. What a rule counts is its own; here every figure of it can be read and changed.
import { useState } from 'preact/hooks';

import { Empty, Field, Tabs, Time } from '../lib/ui';
import { t } from '../texts';
import { good, ask, may, query, useAction, useGet, type Who } from './api';
import { Head, Load, Pager, State, Table, Trouble, go, usePages, type Column, type Place } from './parts';
import { whyNot } from '../lib/http';

const l = t.console.limits;

type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
interface Rule {
    id: string;
    mode: string;
    [name: string]: Value;
}

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

function Rules({ who }: { who: Who }) {
    const found = useGet<{ rules: Rule[] }>('/rules');
    return <Load of={found}>{(data) => (data.rules.length === 0 ? <Empty title={l.noRules} /> : <RuleForm key={JSON.stringify(data)} rules={data.rules} who={who} saved={found.reload} />)}</Load>;
}

const scalar = (value: Value) => ['string', 'number', 'boolean'].includes(typeof value) || value === null;

function RuleForm({ rules, who, saved }: { rules: Rule[]; who: Who; saved: () => void }) {
    const [edited, setEdited] = useState(rules);
    const { run, trouble, busy } = useAction();
    const locked = !may(who, 'admin');
    const changed = JSON.stringify(edited) !== JSON.stringify(rules);
    const put = (at: number, name: string, value: Value) => setEdited(edited.map((rule, index) => (index === at ? { ...rule, [name]: value } : rule)));
    const save = async (event: Event) => {
        event.preventDefault();
        if (await run('/rules', 'PUT', { rules: edited })) saved();
    };
    return (
        <form class="stack" onSubmit={save}>
            {edited.map((rule, at) => (
                <section class="card rule" key={rule.id} aria-label={rule.id}>
                    <header>
                        <h2>
                            <code>{rule.id}</code>
                        </h2>
                        <State of={rule.mode} />
                    </header>
                    <div class="grid2">
                        <Field label={l.mode}>
                            <select disabled={locked} value={rule.mode} onChange={(event) => put(at, 'mode', event.currentTarget.value)}>
                                {['off', 'observe', 'enforce'].map((mode) => (
                                    <option key={mode} value={mode}>
                                        {t.console.states[mode]}
                                    </option>
                                ))}
                            </select>
                        </Field>
                        {Object.entries(rule)
                            .filter(([name, value]) => name !== 'id' && name !== 'mode' && scalar(value))
                            .map(([name, value]) =>
                                typeof value === 'boolean' ? (
                                    <label class="check" key={name}>
                                        <input type="checkbox" disabled={locked} checked={value} onChange={(event) => put(at, name, event.currentTarget.checked)} />
                                        {named(name)}
                                    </label>
                                ) : (
                                    <Field key={name} label={named(name)}>
                                        <input
                                            disabled={locked}
                                            value={String(value ?? '')}
                                            inputMode={typeof value === 'number' ? 'decimal' : 'text'}
                                            onInput={(event) => put(at, name, typeof value === 'number' ? Number(event.currentTarget.value) : event.currentTarget.value)}
                                        />
                                    </Field>
                                ),
                            )}
                    </div>
                    {Object.entries(rule).some(([, value]) => !scalar(value)) && (
                        <pre class="small">{JSON.stringify(Object.fromEntries(Object.entries(rule).filter(([, value]) => !scalar(value))), null, 1)}</pre>
                    )}
                </section>
            ))}
            <Trouble text={trouble} />
            {!locked && (
                <div class="row">
                    <button type="submit" disabled={busy || !changed}>
                        {t.console.save}
                    </button>
                    <button type="button" class="plain" disabled={!changed} onClick={() => setEdited(rules)}>
                        {t.console.undo}
                    </button>
                </div>
            )}
        </form>
    );
}

/** "window_seconds" to "Window seconds". */
const named = (name: string) => name.replace(/_/g, ' ').replace(/^./, (letter) => letter.toUpperCase());

function List({ list, who }: { list: 'deny' | 'allow'; who: Who }) {
    const found = useGet<{ entries: string[] }>(`/lists/${list}`);
    const [fresh, setFresh] = useState('');
    const { run, trouble, busy } = useAction();
    const allowed = may(who, 'support');
    const put = async (entries: string[]) => {
        if (await run(`/lists/${list}`, 'PUT', { entries })) {
            setFresh('');
            found.reload();
        }
    };
    return (
        <Load of={found}>
            {(data) => (
                <section class="card stack">
                    <p class="muted">{l.listHints[list]}</p>
                    {allowed && (
                        <form
                            class="filters"
                            onSubmit={(event) => {
                                event.preventDefault();
                                void put([...new Set([...data.entries, ...fresh.split(/[\s,;]+/).map((each) => each.replace(/^\+/, '')).filter(Boolean)])]);
                            }}
                        >
                            <Field label={l.add} hint={l.addHint}>
                                <input data-testid="list-add" value={fresh} onInput={(event) => setFresh(event.currentTarget.value)} />
                            </Field>
                            <button type="submit" data-testid="list-add-go" disabled={busy || fresh.trim() === ''}>
                                {l.addGo}
                            </button>
                        </form>
                    )}
                    <Trouble text={trouble} />
                    {data.entries.length === 0 ? (
                        <Empty title={l.emptyList}>{l.emptyListHint[list]}</Empty>
                    ) : (
                        <ul class="entries">
                            {data.entries.map((entry) => (
                                <li key={entry}>
                                    <span class="num">{entry}</span>
                                    {allowed && (
                                        <button type="button" class="quiet" disabled={busy} aria-label={l.remove(entry)} onClick={() => put(data.entries.filter((each) => each !== entry))}>
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
    id: string;
    rule: string;
    scope?: string;
    until?: string | null;
    number?: string;
    account?: string;
    [name: string]: unknown;
}

function Blocks({ place, who }: { place: Place; who: Who }) {
    const { search = '' } = place.query;
    const number = search.replace(/[^\d]/g, '');
    const pages = usePages(search);
    const found = useGet<{ blocks: Block[]; next?: string | null }>(`/blocks${query({ number, after: pages.after })}`);
    const [trouble, setTrouble] = useState('');
    const [said, setSaid] = useState('');
    const lift = async (filter: Record<string, string | undefined>) => {
        const answer = await ask(`/blocks${query(filter)}`, 'DELETE');
        setTrouble(good(answer) ? '' : whyNot(answer));
        setSaid(good(answer) ? l.lifted(Number((JSON.parse(answer.text || '{}') as { lifted?: number }).lifted ?? 0)) : '');
        found.reload();
    };
    const columns: Column<Block>[] = [
        { name: t.console.rule, cell: (row) => <code>{row.rule}</code> },
        { name: l.scope, cell: (row) => String(row.scope ?? '–') },
        { name: l.until, cell: (row) => <Time at={row.until} /> },
    ];
    const digits = (entry: unknown) => (typeof entry === 'string' && /^\+?\d{7,15}$/.test(entry) ? entry.replace(/^\+/, '') : undefined);
    if (may(who, 'support')) {
        columns.push({
            name: l.unblock,
            cell: (row) => {
                // Masked numbers cannot be given back; the number that was searched for can.
                const whole = digits(row.number) ?? (number || undefined);
                const filter = whole ? { number: whole } : row.account ? { account: row.account } : undefined;
                return filter ? (
                    <button type="button" class="plain" data-testid="unblock" onClick={() => lift(filter)}>
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
                    go(['limits', 'blocks'], { search: new FormData(event.currentTarget).get('search') as string });
                }}
            >
                <Field label={t.console.number}>
                    <input name="search" type="search" data-testid="search-box" defaultValue={search} key={search} />
                </Field>
                <button type="submit">{t.console.find}</button>
            </form>
            <Trouble text={trouble} />
            {said && (
                <p class="notice ok" role="status">
                    {said}
                </p>
            )}
            <Load of={found}>
                {(data) => (
                    <>
                        <Table label={l.tabs.blocks} columns={columns} rows={data.blocks} keyOf={(row) => row.id} empty={<Empty title={l.noBlocks}>{l.noBlocksHint}</Empty>} />
                        <Pager pages={pages} next={data.next} />
                    </>
                )}
            </Load>
        </section>
    );
}

function Spend() {
    const found = useGet<{ spend: Record<string, Value>[] }>('/spend');
    return (
        <Load of={found}>
            {(data) => {
                const names = [...new Set(data.spend.flatMap((row) => Object.keys(row)))];
                const columns = names.map((name): Column<Record<string, Value>> => ({ name: named(name), cell: (row) => (scalar(row[name] ?? null) ? String(row[name] ?? '–') : JSON.stringify(row[name])), sort: (row) => String(row[name] ?? '') }));
                return (
                    <section class="card">
                        <Table label={l.tabs.spend} columns={columns} rows={data.spend} keyOf={(row) => JSON.stringify(row)} empty={<Empty title={l.noSpend}>{l.noSpendHint}</Empty>} />
                    </section>
                );
            }}
        </Load>
    );
}
