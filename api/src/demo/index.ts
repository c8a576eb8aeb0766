/** The demo: a cast of companies and people, and who countersigns their keys. Off by one switch, `settings.demo`. */
export { demoAdministratorOf } from './administrator.ts'
export { seedDemo } from './seed.ts'
