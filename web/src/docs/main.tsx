// /docs: the guides are plain pages; this adds copying, the theme, and the reference where one is wanted.
import '../base.css';
import './docs.css';

import { nextTheme, theme } from '../lib/theme';
import { t } from '../texts';

const button = document.querySelector<HTMLButtonElement>('#theme');
if (button) {
    const show = () => {
        button.textContent = t.theme[theme()];
        button.setAttribute('aria-label', `${t.theme.label}: ${t.theme[theme()]}`);
    };
    show();
    button.addEventListener('click', () => {
        nextTheme();
        show();
    });
}

for (const block of document.querySelectorAll('.prose .code')) {
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.className = 'quiet';
    copy.textContent = t.copy;
    copy.addEventListener('click', async () => {
        await navigator.clipboard?.writeText(block.querySelector('code')?.textContent ?? '');
        copy.textContent = t.copied;
        setTimeout(() => (copy.textContent = t.copy), 1600);
    });
    block.append(copy);
}

const mount = document.querySelector<HTMLElement>('#reference');
if (mount) void import('./reference').then(({ drawReference }) => drawReference(mount));
