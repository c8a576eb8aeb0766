export * from './common.ts'
export * from './people.ts'
export * from './bills.ts'
export * from './tracking.ts'
