import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './design/tokens.css'
import './design/base.css'
import App from './App.vue'
import { firstLanguage, i18n, speak } from './i18n'
import { makeRouter } from './shell/router'
import { useSession } from './session/store'

const app = createApp(App)
app.use(createPinia())
await Promise.all([speak(firstLanguage()), useSession().look()])
app.use(i18n)
app.use(makeRouter())
app.mount('#app')
