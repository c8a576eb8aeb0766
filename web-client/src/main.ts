import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app.vue'
import { i18n, startLanguage } from './i18n/index.ts'
import { router } from './screens.ts'
import './styles.css'

await startLanguage()
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
