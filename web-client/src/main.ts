import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app.vue'
import { i18n, startLanguage } from './i18n/index.ts'
import { router } from './screens.ts'
import './styles.css'
import './print.css'

await startLanguage()
if (location.pathname === '/embed') (await import('./screens/shared/embed-app.ts')).startEmbed()
else createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
