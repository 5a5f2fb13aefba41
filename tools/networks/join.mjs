// Which network (MCC+MNC) is meant by the name of a carrier in a country. See docs/decisions/0011.

const legalForms = new Set(
  `
  ab ad ag as asa aps bhd bv bvba cjsc co corp corporation company cv doo ead eood gmbh inc jsc kft kg ltd limited
  llc llp lp nv ohg ojsc ooo oy oyj pjsc plc private pte pty pvt sa sab sae sal saoc saog sarl sas sau sdn sia sl
  slu spa spzoo sro srl uab zao zrt
  `.trim().split(/\s+/),
);
const generalWords = new Set(
  `
  cellular communication communications gsm group holding holdings mobil mobile movil moviles mobilfunk network
  networks operator services telecom telecommunication telecommunications telecoms telekom wireless the and
  `.trim().split(/\s+/),
);

/** Words in lower case, without accents, punctuation and the legal form. */
function words(name) {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[øØ]/g, 'o')
    .toLowerCase()
    .replace(/sp\. ?z\.? ?o\.? ?o\.?/g, ' ')
    .replace(/&/g, ' and ')
    .replace(/['’.]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word && !legalForms.has(word));
}
const exact = (name) => words(name).join('');
/**
 * Without the country, what stands in parentheses, and what half of all operators are called. Empty when nothing is
 * left: then it tells nothing.
 */
const loose = (name, country) =>
  words(name.replace(/\([^)]*\)/g, ' '))
    .filter((word) => !generalWords.has(word) && !country.has(word))
    .join('');

/** The words by which a country is meant in names: "Vodafone UK", "Orange France". */
function wordsOfCountries(records) {
  const all = new Set();
  for (const { countryName, countryCode } of records) {
    for (const word of words(countryName)) all.add(word);
    for (const code of countryCode.split('/')) all.add(code.toLowerCase());
    if (countryCode === 'GB') all.add('uk');
  }
  return all;
}

const gone = new Set([
  'Not operational', 'Reserved', 'Returned spare', 'Planned', 'Test Network', 'Testing', 'Upcoming',
]);
const isPublic = ({ bands }) => /GSM|UMTS|LTE|CDMA|5G/.test(bands ?? '') && !/GSM-R|MVNO/.test(bands);
const isGsm = ({ bands }) => /GSM/.test(bands ?? '');

/** Of one operator's codes the one that stands for it: that of a network of its own, the oldest (GSM), the lowest. */
function mainCode(records) {
  const rank = (record) => (isPublic(record) ? 0 : 2) + (isGsm(record) ? 0 : 1);
  const codes = records.map((record) => ({ rank: rank(record), code: record.mcc + record.mnc }));
  codes.sort((a, b) => a.rank - b.rank || a.code.length - b.code.length || (a.code < b.code ? -1 : 1));
  return codes[0].code;
}

/**
 * @param records the national networks of the countries that share a calling code
 * @returns for the name of a carrier: {code, how: 'exact' | 'loose'}, or {how: 'ambiguous' | 'unmatched'}
 */
export function matcher(records) {
  const country = wordsOfCountries(records);
  const alive = records.filter((record) => !gone.has(record.status) && (record.brand || record.operator));
  const names = ({ brand, operator }) => [operator, brand, ...(brand?.split('/') ?? [])].filter(Boolean);
  const keys = {
    exact: alive.map((record) => names(record).map(exact)),
    loose: alive.map((record) => names(record).map((name) => loose(name, country))),
  };
  return (carrier) => {
    const key = { exact: exact(carrier), loose: loose(carrier, country) };
    for (const operational of [true, false]) {
      for (const how of ['exact', 'loose']) {
        if (key[how] === '') continue;
        const found = alive.filter(
          ({ status }, at) => (status === 'Operational') === operational && keys[how][at].includes(key[how]));
        if (found.length === 0) continue;
        // One name for several operators, as that of a group in each region of India, names no network. (A code may be
        // listed under each country where it is used.)
        const operators = new Set(found.map((r) => `${r.countryCode} ${exact(r.operator ?? r.brand)}`));
        const codes = new Set(found.map((r) => r.mcc + r.mnc));
        return operators.size === 1 || codes.size === 1 ? { how, code: mainCode(found) } : { how: 'ambiguous' };
      }
    }
    return { how: 'unmatched' };
  };
}
