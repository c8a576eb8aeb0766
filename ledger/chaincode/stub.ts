import type { ChaincodeStub } from 'fabric-shim'

/** All that the contract asks of a peer. Each call that returns a promise is a round trip to it. */
export type Stub = Pick<
  ChaincodeStub,
  | 'getArgs' | 'getChannelID' | 'getTxID' | 'getCreator' | 'getTransient' | 'getDateTimestamp' | 'createCompositeKey' | 'setEvent'
  | 'getState' | 'putState' | 'deleteState' | 'setStateValidationParameter' | 'getPrivateData' | 'putPrivateData'
>
