// embed.mjs DIST OUT.cpp: every file of DIST as a C++ source, plain and compressed.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const [dist, out] = process.argv.slice(2);
const types = {
    '.css': 'text/css; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.png': 'image/png',
    '.svg': 'image/svg+xml',
};

function* filesBelow(directory) {
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
        const file = path.join(directory, entry.name);
        if (entry.isDirectory()) yield* filesBelow(file);
        else yield file;
    }
}

/** "handset.html" is served as "/handset", "docs/index.html" as "/docs". */
function urlOf(file) {
    return `/${path.relative(dist, file)}`.replace(/(\/index)?\.html$/, '');
}

/** Bytes as a string literal, in lines; octal escapes have three digits, so that none reads on. */
function literal(bytes) {
    const lines = [];
    let line = '';
    for (const byte of bytes) {
        const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
        line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
        if (line.length > 4000) {
            lines.push(line);
            line = '';
        }
    }
    return [...lines, line].map((each) => `"${each}"`).join('\n');
}

const files = [...filesBelow(dist)].map((file) => ({ url: urlOf(file), file }));
files.sort((a, b) => (a.url < b.url ? -1 : 1));
const entries = files.map(({ url, file }) => {
    const type = types[path.extname(file)];
    if (!type) throw new Error(`${file}: embed.mjs does not know its type`);
    const bytes = fs.readFileSync(file);
    const etag = `"${crypto.createHash('sha256').update(bytes).digest('hex').slice(0, 20)}"`;
    const gzip = zlib.gzipSync(bytes, { level: 9 });
    gzip[9] = 255; // the operating system is no part of what was built
    const view = (data) => `std::string_view(\n${literal(data)}, ${data.length})`;
    return `    {${JSON.stringify(url)}, ${JSON.stringify(type)}, ${JSON.stringify(etag)}, ${view(bytes)}, ${view(gzip)}},`;
});

const text = `// Written by web/build/embed.mjs.
#include <array>

#include "pages/pages.hpp"

#pragma GCC diagnostic ignored "-Woverlength-strings"

namespace roger::pages {
namespace {

constexpr std::array<File, ${entries.length}> embedded{{
${entries.join('\n')}
}};

}  // namespace

std::span<const File> built_files() { return embedded; }

}  // namespace roger::pages
`;
fs.mkdirSync(path.dirname(out), { recursive: true });
fs.writeFileSync(`${out}.new`, text);
fs.renameSync(`${out}.new`, out);
const total = files.reduce((sum, { file }) => sum + fs.statSync(file).size, 0);
console.log(`${files.length} files, ${Math.round(total / 1024)} KiB, in ${out}`);
