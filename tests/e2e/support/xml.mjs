// Reads the XML that Verify v1 writes: elements and text, no attributes. Anything else throws.
import assert from 'node:assert/strict';

const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&apos;': "'" };
const unescape = (text) => text.replace(/&\w+;/g, (entity) => entities[entity] ?? assert.fail(`entity ${entity}`));

/** @returns {{name: string, text: string, children: object[]}} the root element */
export function parseXml(text) {
    let rest = text.replace(/^<\?xml [^>]*\?>\s*/, '');
    function element() {
        const open = /^<([a-z_0-9]+)\s*(\/?)>/.exec(rest);
        assert.ok(open, `an element at: ${rest.slice(0, 60)}`);
        rest = rest.slice(open[0].length);
        const node = { name: open[1], text: '', children: [] };
        if (open[2]) return node;
        for (;;) {
            const run = /^[^<]*/.exec(rest)[0];
            node.text += unescape(run);
            rest = rest.slice(run.length);
            const close = `</${node.name}>`;
            if (rest.startsWith(close)) {
                rest = rest.slice(close.length);
                return node;
            }
            node.children.push(element());
        }
    }
    const root = element();
    assert.equal(rest.trim(), '', 'nothing after the root');
    return root;
}

export const child = (node, name) => node.children.find((each) => each.name === name);
export const textOf = (node, name) => child(node, name)?.text;
export const names = (node) => node.children.map((each) => each.name);
