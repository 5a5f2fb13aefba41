// guides.mjs DIST: the pages of /docs, from docs/*.md and docs/guides/*.md, in the frame that Vite made of docs.html.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Marked } from 'marked';

const dist = process.argv[2];
const docs = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../docs');

/** What stands in the list at the left: [slug, file or undefined for a page that draws itself, name]. */
const sections = [
    ['Start', [
        ['quick-start', 'guides/quick-start.md', 'Quick start'],
        ['migrate', 'guides/migrate.md', 'Migrate from Vonage'],
        ['workflows', 'guides/workflows.md', 'Workflows and timings'],
        ['going-live', 'guides/going-live.md', 'Going live'],
        ['tutorials', 'guides/tutorials.md', 'Tutorials'],
    ]],
    ['Reference', [
        ['reference', undefined, 'Verify v1'],
        ['admin', undefined, 'Operator’s API'],
        ['refusals', 'guides/refusals.md', 'Statuses and refusals'],
        ['limits', 'limits.md', 'Limits'],
        ['languages', 'languages.md', 'Languages'],
        ['templates', 'templates.md', 'Texts of your own'],
    ]],
    ['Delivery', [
        ['routes', 'routes.md', 'Routes'],
        ['trunks', 'trunks.md', 'SIP trunks'],
        ['voice', 'voice.md', 'Voice'],
    ]],
    ['Running it', [
        ['operations', 'operations.md', 'Operations'],
        ['fraud', 'fraud.md', 'Fraud'],
        ['admin-api', 'admin.md', 'Console and tokens'],
        ['privacy', 'guides/privacy.md', 'Privacy'],
        ['performance', 'performance.md', 'Performance'],
        ['simulator', 'simulator.md', 'Simulator'],
    ]],
];

const present = sections
    .map(([name, pages]) => [name, pages.filter(([, file]) => file === undefined || fs.existsSync(path.join(docs, file)))])
    .filter(([, pages]) => pages.length > 0);
const slugOfFile = new Map(present.flatMap(([, pages]) => pages.filter(([, file]) => file).map(([slug, file]) => [path.basename(file), slug])));

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const idOf = (text) => text.toLowerCase().replace(/<[^>]*>/g, '').replace(/&[a-z#0-9]+;/g, '').replace(/[^\p{L}\p{N}\s-]/gu, '').trim().replace(/\s+/g, '-');
const plain = (html) => html.replace(/<[^>]*>/g, '');

/** Links of the repository to links of the site; what the site does not have is named, not linked. */
function link(href) {
    if (/^(https?:|mailto:|#|\/)/.test(href)) return href;
    const [file, anchor] = href.split('#');
    const slug = slugOfFile.get(path.basename(file));
    if (slug) return `/docs/${slug}${anchor ? `#${anchor}` : ''}`;
    if (/\.svg$/.test(file)) return `/docs/${path.basename(file)}`;
    return undefined;
}

function render(markdown) {
    const toc = [];
    let title = '';
    const marked = new Marked({
        renderer: {
            heading(text, level) {
                const id = idOf(text);
                if (level === 1) title = plain(text);
                if (level === 2) toc.push([id, plain(text)]);
                return `<h${level} id="${id}">${text}${level > 1 ? ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>` : ''}</h${level}>\n`;
            },
            link(href, linkTitle, text) {
                const to = link(href);
                if (!to) return `<code>${plain(text)}</code>`;
                // Nothing of these pages leads a browser elsewhere by itself; a link that a person follows may.
                const away = /^https?:/.test(to) ? ' rel="noreferrer"' : '';
                return `<a href="${escape(to)}"${linkTitle ? ` title="${escape(linkTitle)}"` : ''}${away}>${text}</a>`;
            },
            image(href, _title, text) {
                return `<img src="${escape(link(href) ?? href)}" alt="${escape(text)}" loading="lazy">`;
            },
            table(header, body) {
                return `<div class="table" tabindex="0" role="region" aria-label="Table"><table><thead>${header}</thead><tbody>${body}</tbody></table></div>\n`;
            },
            code(code, language) {
                return `<div class="code"><pre tabindex="0" role="region" aria-label="${language ? `Code: ${escape(language)}` : 'Code'}"><code>${escape(code)}</code></pre></div>\n`;
            },
        },
    });
    const html = marked.parse(markdown);
    return { html, toc, title };
}

function nav(current) {
    return present
        .map(([name, pages]) => {
            const items = pages.map(([slug, , shown]) => `<li><a href="/docs/${slug}"${slug === current ? ' aria-current="page"' : ''}>${escape(shown)}</a></li>`);
            return `<h2>${escape(name)}</h2><ul>${items.join('')}</ul>`;
        })
        .join('');
}

function front() {
    const about = {
        'quick-start': 'A verification in one minute, on this machine.',
        migrate: 'Change the base URL of the client library that you have.',
        workflows: 'What is sent when, drawn on a line.',
        reference: 'Every call and status, to be tried against this server.',
    };
    const cards = Object.entries(about).map(([slug, text]) => {
        const page = present.flatMap(([, pages]) => pages).find(([each]) => each === slug);
        return page ? `<a class="card" href="/docs/${slug}"><strong>${escape(page[2])}</strong><span>${text}</span></a>` : '';
    });
    const all = present.map(([name, pages]) => `<section><h2>${escape(name)}</h2><ul>${pages.map(([slug, , shown]) => `<li><a href="/docs/${slug}">${escape(shown)}</a></li>`).join('')}</ul></section>`);
    return `<h1>Roger verifies phone numbers</h1><p class="lead">A client asks for a number to be verified; the subscriber gets a PIN by SMS or by a call; the client learns whether the PIN that comes back is right. These pages come from this server, and need no other.</p><div class="docs-cards">${cards.join('')}</div><div class="docs-index">${all.join('')}</div>`;
}

const frame = fs.readFileSync(path.join(dist, 'docs.html'), 'utf8');
const fill = (slug, title, content, toc) => {
    const list = toc.length > 2 ? `<h2>On this page</h2><ul>${toc.map(([id, text]) => `<li><a href="#${id}">${text}</a></li>`).join('')}</ul>` : '';
    const parts = { title: escape(title), nav: nav(slug), content, toc: list };
    return frame.replace(/<!--(title|nav|content|toc)-->/g, (_, part) => parts[part]);
};

fs.mkdirSync(path.join(dist, 'docs'), { recursive: true });
for (const [, pages] of present) {
    for (const [slug, file, name] of pages) {
        if (file === undefined) {
            const mount = `<h1>${escape(name)}</h1><div id="reference" data-document="${slug}"></div><noscript><p>The reference is drawn by a script of this server.</p></noscript>`;
            fs.writeFileSync(path.join(dist, 'docs', `${slug}.html`), fill(slug, name, mount, []));
            continue;
        }
        const { html, toc, title } = render(fs.readFileSync(path.join(docs, file), 'utf8'));
        fs.writeFileSync(path.join(dist, 'docs', `${slug}.html`), fill(slug, title || name, html, toc));
    }
}
fs.writeFileSync(path.join(dist, 'docs', 'index.html'), fill('', 'Documentation', front(), []));
fs.rmSync(path.join(dist, 'docs.html'));
for (const name of fs.readdirSync(docs).filter((each) => each.endsWith('.svg'))) {
    fs.copyFileSync(path.join(docs, name), path.join(dist, 'docs', name));
}
if (fs.existsSync(path.join(docs, 'api'))) {
    for (const name of fs.readdirSync(path.join(docs, 'api'))) {
        // Without the white space that people read.
        fs.writeFileSync(path.join(dist, 'docs', name), JSON.stringify(JSON.parse(fs.readFileSync(path.join(docs, 'api', name), 'utf8'))));
    }
}
