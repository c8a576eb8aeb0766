/** Data keys and what is sealed with them: docs/decisions/0013-what-can-be-forgotten.md */
export { openVault, nameOfSecretKey, WrongSecretKey, type KeyName, type KeyRing, type Vault } from './vault.ts'
