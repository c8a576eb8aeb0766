import elementPlus from 'element-plus/es/locale/lang/zh-cn.mjs'
import { messagesOf, type Words } from './parts.ts'

export default { messages: messagesOf(import.meta.glob<Words>('./parts/*.zh.json', { eager: true, import: 'default' })), elementPlus }
