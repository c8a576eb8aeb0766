import elementPlus from 'element-plus/es/locale/lang/en.mjs'
import { messagesOf, type Words } from './parts.ts'

export default { messages: messagesOf(import.meta.glob<Words>('./parts/*.en.json', { eager: true, import: 'default' })), elementPlus }
