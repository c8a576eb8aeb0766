import { createApp } from 'vue'
import { i18n } from '../../i18n/index.ts'
import Embed from './embed.vue'

/** A page that other sites may frame is this one and no other: it is started without a router, so nothing in the frame leads to the screens of those who are signed in. */
export function startEmbed(): void {
  createApp(Embed).use(i18n).mount('#app')
}
