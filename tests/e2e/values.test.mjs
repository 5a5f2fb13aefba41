// The rule of every parameter: values on both sides of each boundary.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Server } from './support/server.mjs';

const digits = (count) => '1234567890'.repeat(4).slice(0, count);
const letters = (count) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.repeat(3).slice(0, count);

/** What brand and payee have in common. */
const name = {
    good: [
        'A',
        letters(18),
        `  ${letters(18)}  `,
        'Acme & Co. (UK)',
        'Café',
        `${letters(17)}e\u0301`, // 18 code points in NFC, 19 as given
        'Acme 24/7!',
        'Ακμή',
        'Акме',
        'アクメ',
        'Acme ★',
    ],
    bad: [
        letters(19),
        `${letters(18)}é`,
        ...'<>{}[]\\|^~`'.split('').map((each) => `Ac${each}me`),
        'http://x.uk',
        'Ac\u0007me',
        'Ac\nme',
        'Ac\u202eme',
        'Ac\u200bme',
        'Ac\u200dme',
        'Ac\ufeffme',
        'Ac\ue000me',
        'Acme \u0663', // an Arabic-Indic digit
        'Acme \uff13', // a fullwidth digit
        'P\u0430yPal', // a Cyrillic letter among Latin ones
        'P\u03b1yPal', // a Greek one
    ],
};

const seconds = (low, high) => ({
    good: [String(low), String(high)],
    bad: [String(low - 1), String(high + 1), '0', `-${low}`, `${low}.5`, 'soon', '99999999999999999999'],
});

const localesOfStart =
    'ar-xa cs-cz cy-cy cy-gb da-dk de-de el-gr en-au en-gb en-in en-us es-es es-mx es-us fi-fi fil-ph fr-ca fr-fr ' +
    'hi-in hu-hu id-id is-is it-it ja-jp ko-kr nb-no nl-nl pl-pl pt-br pt-pt ro-ro ru-ru sv-se th-th tr-tr vi-vn ' +
    'yue-cn zh-cn zh-tw';
const localesOfPsd2 =
    'en-gb bg-bg cs-cz da-dk de-de ee-et el-gr es-es fi-fi fr-fr ga-ie hu-hu it-it lv-lv lt-lt mt-mt nl-nl pl-pl ' +
    'sk-sk sl-si sv-se';

const common = {
    country: { bad: ['GBR', 'G', 'ZZ', '44', 'G1'] },
    code_length: { good: ['4', '6'], bad: ['3', '5', '7', '0', '-4', '4.5', '44', 'four'] },
    pin_expiry: seconds(60, 3600),
    next_event_wait: seconds(60, 900),
    workflow_id: {
        good: ['1', '2', '3', '4', '5', '6', '7'],
        bad: ['0', '8', '-1', '1.5', 'x', '99999999999999999999'],
    },
};

const ofStart = {
    brand: name,
    ...common,
    sender_id: {
        good: ['A', letters(11), 'Acme 1', '1', digits(15)],
        bad: [letters(12), digits(16), 'Ac-me', 'Acmé', 'Acme_1', 'A+B'],
    },
    lg: {
        good: [...localesOfStart.split(' '), ...localesOfPsd2.split(' '), 'EN_GB', 'Fr-fR', 'sk-si'],
        bad: ['xx', 'en', 'english', 'en-zz', 'xx-xx', 'en--gb'],
    },
    voice: { good: ['female', 'male'], bad: ['robot', 'm'] },
    require_type: { good: ['All', 'all', 'ALL'], bad: ['Fixed', 'any', '1'] },
    pin_code: {
        good: ['1234', letters(4), digits(10), letters(10), 'aB3dE'],
        bad: ['123', digits(11), '12 34', '12-34', 'é2345', '１２３４'],
    },
    client_ref: { good: ['a', letters(64)], bad: [letters(65)] },
};

const ofPsd2 = {
    payee: name,
    ...common,
    amount: {
        good: ['0.01', '999999999.99', '1', '48.5', '48.50', '0.10'],
        bad: [
            '0',
            '0.00',
            '0.001',
            '48.555',
            '-1',
            '1000000000',
            '1000000000.00',
            '1,50',
            '1e3',
            'abc',
            '.',
            '€5',
            '0x10',
        ],
    },
    lg: { good: localesOfPsd2.split(' '), bad: ['xx', 'en-zz'] },
};

describe('the values of start and psd2', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    const basis = { start: { brand: 'Acme' }, psd2: { payee: 'Acme', amount: '1.00' } };
    let spare = 0;
    // Nobody is called in the sandbox; 555-0100 to 0199 of each North American area code are fictitious too.
    const freshNumber = () => `1${201 + Math.floor(spare / 100)}55501${String(spare++ % 100).padStart(2, '0')}`;

    for (const [call, rules] of Object.entries({ start: ofStart, psd2: ofPsd2 })) {
        for (const [parameter, { good = [], bad = [] }] of Object.entries(rules)) {
            it(`${call}: ${parameter}`, async () => {
                const wrong = [];
                for (const value of good) {
                    const { body } = await server.v1(call, {
                        number: freshNumber(),
                        ...basis[call],
                        [parameter]: value,
                    });
                    if (body.status !== '0') wrong.push({ value, expected: '0', body });
                }
                for (const value of bad) {
                    const { body } = await server.v1(call, {
                        number: freshNumber(),
                        ...basis[call],
                        [parameter]: value,
                    });
                    const text = `Invalid value for ${parameter}`;
                    if (body.status !== '3' || body.error_text !== text) wrong.push({ value, expected: text, body });
                }
                assert.deepEqual(wrong, []);
            });
        }
    }

    it('number: as people write it with a country, E.164 without', async () => {
        const same = [
            ['07700 900001', 'GB'],
            ['07700 900002', 'gb'],
            ['+44 7700 900003', 'GB'],
            ['(07700) 900-004', 'GB'],
            ['+447700900005', undefined],
            ['00447700900006', undefined],
            ['447700900007', undefined],
        ];
        for (const [index, [number, country]] of same.entries()) {
            const id = await server.begin({ number, ...(country && { country }) });
            assert.equal((await server.search(id)).number, `44770090000${index + 1}`);
        }
    });

    it('number: what cannot be one is 3', async () => {
        const bad = ['abc', '1', '12', '0', '+', '00', '4477', '44770090000123456', '4477009000x1', '+-', 'null'];
        const wrong = [];
        for (const number of bad) {
            const { body } = await server.v1('start', { number, brand: 'Acme' });
            if (body.status !== '3' || body.error_text !== 'Invalid value for number') wrong.push({ number, body });
        }
        assert.deepEqual(wrong, []);
    });

    it('unknown parameters and the address of the end user are taken without a word', async () => {
        await server.begin({ ip: '203.0.113.7', ip_address: '203.0.113.8', language: 'x', colour: 'green' });
    });

    it('sender_id is VERIFY by default and shown as verify', async () => {
        const id = await server.begin();
        const [message] = await server.messages({ request_id: id });
        assert.equal(message.sender, 'VERIFY');
        assert.equal((await server.search(id)).sender_id, 'verify');
    });

    it('code_length 6 makes six digits, 4 is the default', async () => {
        assert.match(await server.pin(await server.begin({ code_length: '6' })), /^\d{6}$/);
        assert.match(await server.pin(await server.begin()), /^\d{4}$/);
    });

    it('lg chooses the text; the default follows the country of the number', async () => {
        const german = await server.begin({ lg: 'DE_de' });
        assert.equal((await server.messages({ request_id: german }))[0].locale, 'de-de');
        const french = await server.begin({ number: '33612345678' });
        assert.equal((await server.messages({ request_id: french }))[0].locale, 'fr-fr');
        const british = await server.begin();
        assert.equal((await server.messages({ request_id: british }))[0].locale, 'en-gb');
    });
});

describe('the values of check', () => {
    let server;
    before(async () => {
        server = await Server.start();
    });
    after(() => server?.stop());

    it('a code out of its rule is 3 and never counted', async () => {
        const id = await server.begin();
        const pin = await server.pin(id);
        for (const code of ['123', digits(11), '12a!', '12.34', 'éééé', '1', '- -', '💥💥💥💥']) {
            const { body } = await server.v1('check', { request_id: id, code });
            assert.deepEqual(body, { request_id: id, status: '3', error_text: 'Invalid value for param: code' });
        }
        assert.deepEqual((await server.search(id)).checks, []);
        assert.equal(await server.check(id, pin), '0');
    });

    const written = {
        'with spaces': (pin) => ` ${pin[0]} ${pin.slice(1)} `,
        'with no-break spaces': (pin) => `${pin.slice(0, 2)}\u00a0${pin.slice(2)}`,
        'with hyphens': (pin) => `${pin.slice(0, 2)}-${pin.slice(2)}`,
        'in fullwidth digits': (pin) => pin.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
        'in Arabic-Indic digits': (pin) => pin.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit))),
        'in Devanagari digits': (pin) => pin.replace(/\d/g, (digit) => String.fromCodePoint(0x0966 + Number(digit))),
    };
    for (const [how, write] of Object.entries(written)) {
        it(`the right PIN ${how} is right`, async () => {
            const id = await server.begin();
            assert.equal(await server.check(id, write(await server.pin(id))), '0');
        });
    }

    it('a PIN of letters is compared without case', async () => {
        const id = await server.begin({ pin_code: 'aBcD12' });
        assert.equal(await server.check(id, 'AbCd13'), '16');
        assert.equal(await server.check(id, 'AbCd12'), '0');
    });

    it('a request_id that cannot be one is 3', async () => {
        for (const request_id of ['0123456789abcdef0123456789abcdef0', 'abc_def', 'abc def', '../etc']) {
            const { body } = await server.v1('check', { request_id, code: '1234' });
            assert.deepEqual([body.status, body.error_text], ['3', 'Invalid value for param: request_id']);
        }
    });

    it('ids in upper case or with dashes are the same id, or unknown, but never an error of ours', async () => {
        const id = await server.begin();
        const { body } = await server.v1('check', { request_id: id.toUpperCase(), code: '99' });
        assert.ok(['3', '6'].includes(body.status), JSON.stringify(body));
    });
});
