// Light, dark, or what the system says: kept in this browser alone.
export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
    const chosen = document.documentElement.dataset.theme;
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export function nextTheme(): Theme {
    const order: Theme[] = ['system', 'light', 'dark'];
    const next = order[(order.indexOf(theme()) + 1) % order.length]!;
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
        if (next === 'system') localStorage.removeItem('roger-theme');
        else localStorage.setItem('roger-theme', next);
    } catch {
        // It lasts until the page is closed, then.
    }
    document.dispatchEvent(new Event('roger-theme'));
    return next;
}
