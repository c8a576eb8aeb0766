/** What crosses the wire: safe in the browser, imports only the rules and zod. */
export * from './abilities.ts'
export * from './problem.ts'
export * from './route.ts'
export * from './routes/index.ts'
export * from './views/index.ts'
export * from './socket-events.ts'
export * from './statement.ts'
export * from './client.ts'
