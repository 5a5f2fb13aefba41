import { defineConfig } from 'vite';

export default defineConfig({
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
    build: {
        outDir: '../build/web/dist',
        emptyOutDir: true,
        target: 'es2022',
        assetsInlineLimit: 0, // the content policy allows no data: URLs
        modulePreload: { polyfill: false },
        rollupOptions: { input: ['handset.html', 'docs.html', 'console.html'] },
    },
});
