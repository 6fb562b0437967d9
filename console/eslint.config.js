import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

/** What the screens stand on; only design/ and kit/ know that it is these. */
const LIBRARIES = ['reka-ui', '@tanstack/*', 'echarts', 'echarts/*', '@internationalized/*', 'uqr']

export default ts.config(
  { ignores: ['dist', 'src/api/schema.d.ts'] },
  ...ts.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/design/**', 'src/kit/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: LIBRARIES, message: 'Use what src/design and src/kit make of it, or add it there.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/design/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@/kit/*', '@/features/*'], message: 'design/ stands below.' }] },
      ],
    },
  },
  {
    rules: {
      // The formatter decides.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
      'vue/multi-word-component-names': ['error', { ignores: ['App', 'Toasts', 'Preferences'] }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'vue/no-v-html': 'error',
    },
  },
  {
    // What the server sends is described once, by the server: `Wire` of `@/api/wire`.
    files: ['src/{features,session,shell,live}/**/*.{ts,vue}'],
    ignores: ['**/*.test.ts', 'src/live/protocol.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: '@/api/schema', message: "Name the record: Wire<'…'> of @/api/wire." }] },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSPropertySignature > Identifier.key[name=/[a-z]_[a-z]/]',
          message: "A field of the server's: take its record with Wire<'…'>.",
        },
        {
          selector: 'TSAsExpression > TSNeverKeyword',
          message: 'The document says what the server takes; mend the document.',
        },
        {
          selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword',
          message: 'Nothing is cast through unknown; mend what is wrong about its type.',
        },
      ],
    },
  },
  {
    // A library of others, whose types say less than it does.
    files: ['src/features/phones/line.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
