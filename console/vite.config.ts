import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** A running `dialer serve` for `npm run dev`: its address. */
const service = process.env.DIALER_URL ?? 'http://127.0.0.1:8080'

/** The kit's page of examples is an entry of its own: `vite` serves it, what is shipped has none. */
const entry = (mode: string) => (mode === 'examples' ? 'examples.html' : 'index.html')

export default defineConfig(({ mode }) => ({
  plugins: [vue()],
  // What of Vue and vue-i18n no file here uses: left out of what a rep's browser loads.
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rolldownOptions: { input: entry(mode) },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: service, ws: true, changeOrigin: false } },
  },
  // A machine that is shared may stop for seconds; a test that fails says what was waited for.
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'], testTimeout: 30_000 },
}))
