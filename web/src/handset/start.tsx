// The form that starts a verification, with every parameter, and the code that does the same.
import { useState } from 'preact/hooks';

import { Code, Field, Tabs } from '../lib/ui';
import { t } from '../texts';
import { languages, sample } from './samples';
import type { Session } from './types';

export type Params = Record<string, string>;

interface Props {
    session: Session;
    params: Params;
    set: (params: Params) => void;
    start: () => void;
    busy: boolean;
}

const locales =
    'ar-xa bg-bg cs-cz cy-gb da-dk de-de ee-et el-gr en-au en-gb en-in en-us es-es es-mx es-us fi-fi fil-ph fr-ca fr-fr ga-ie hi-in hu-hu id-id is-is it-it ja-jp ko-kr lt-lt lv-lv mt-mt nb-no nl-nl pl-pl pt-br pt-pt ro-ro ru-ru sk-sk sl-si sv-se th-th tr-tr vi-vn yue-cn zh-cn zh-tw'.split(
        ' ',
    );

export function Start({ session, params, set, start, busy }: Props) {
    const [language, setLanguage] = useState('curl');
    const psd2 = params.payee !== undefined;
    const put = (name: string) => (event: Event) => {
        const { value } = event.currentTarget as HTMLInputElement | HTMLSelectElement;
        const next = { ...params };
        if (value === '' && !['number', 'brand', 'payee', 'amount'].includes(name)) delete next[name];
        else next[name] = value;
        set(next);
    };
    const text = (name: keyof typeof t.start.fields, more: Record<string, unknown> = {}) => (
        <Field label={t.start.fields[name]} hint={t.start.hints[name]}>
            <input name={name} autocomplete="off" value={params[name] ?? ''} onInput={put(name)} {...more} />
        </Field>
    );
    const choice = (name: keyof typeof t.start.fields, options: [string, string][]) => (
        <Field label={t.start.fields[name]} hint={t.start.hints[name]}>
            <select name={name} value={params[name] ?? ''} onChange={put(name)}>
                <option value="">{t.start.byDefault}</option>
                {options.map(([value, shown]) => (
                    <option key={value} value={value}>
                        {shown}
                    </option>
                ))}
            </select>
        </Field>
    );
    const swap = () => {
        const { brand, payee, amount, ...rest } = params;
        set(psd2 ? { ...rest, brand: payee || 'Acme' } : { ...rest, payee: brand || 'Acme', amount: '48.00' });
    };
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
    return (
        <section class="card start" aria-labelledby="start-title">
            <header>
                <h2 id="start-title">{t.start.title}</h2>
            </header>
            <form
                class="stack"
                onSubmit={(event) => {
                    event.preventDefault();
                    start();
                }}
            >
                <div class="grid2">
                    {text('number', { 'data-testid': 'handset-number', inputMode: 'tel', list: 'fates', required: true })}
                    {psd2 ? text('payee', { required: true }) : text('brand', { required: true, maxLength: 18 })}
                    {psd2 && text('amount', { required: true, inputMode: 'decimal' })}
                </div>
                <datalist id="fates">
                    {t.fates.map(([number, fate]) => (
                        <option key={number} value={number}>
                            {fate}
                        </option>
                    ))}
                </datalist>
                <div class="grid2">
                    {choice('workflow_id', t.workflows.map((name, index) => [String(index + 1), `${index + 1} · ${name}`]))}
                    {choice('code_length', [['4', '4'], ['6', '6']])}
                    {choice('lg', locales.map((locale) => [locale, locale]))}
                </div>
                <details>
                    <summary>{t.start.more}</summary>
                    <div class="grid2">
                        {text('pin_expiry', { inputMode: 'numeric', placeholder: '300' })}
                        {text('next_event_wait', { inputMode: 'numeric', placeholder: t.start.byWorkflow })}
                        {!psd2 && text('sender_id', { placeholder: 'VERIFY', maxLength: 15 })}
                        {text('country', { maxLength: 2, placeholder: 'GB' })}
                        {choice('voice', [['female', t.start.female], ['male', t.start.male]])}
                        {!psd2 && choice('require_type', ['All', 'Mobile', 'Landline'].map((each) => [each, each]))}
                        {text('pin_code', { maxLength: 10 })}
                        {text('client_ref', { maxLength: 64 })}
                        {text('ip_address', {})}
                        {text('app_hash', { maxLength: 11 })}
                        {text('domain', {})}
                    </div>
                    <label class="check">
                        <input type="checkbox" checked={psd2} onChange={swap} /> {t.start.psd2}
                    </label>
                </details>
                <div class="row">
                    <button type="submit" data-testid="handset-start" disabled={busy}>
                        {t.start.go}
                    </button>
                    <span class="small muted">{t.start.goHint}</span>
                </div>
            </form>
            <details class="samples">
                <summary>{t.start.code}</summary>
                <Tabs tabs={languages} chosen={language} choose={setLanguage} label={t.start.languages}>
                    <Code
                        label={t.start.code}
                        text={
                            psd2 && language !== 'curl'
                                ? t.start.psd2Code
                                : sample(language, given, { origin: location.origin, key: session.account, secret: t.start.secret }).replace(
                                      '/verify/json',
                                      psd2 ? '/verify/psd2/json' : '/verify/json',
                                  )
                        }
                    />
                </Tabs>
            </details>
        </section>
    );
}
