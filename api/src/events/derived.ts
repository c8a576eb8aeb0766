/**
 * For collections that are made from the log and can be made again: no majority and no disk is waited for. MongoDB keeps the order of
 * writes, so a checkpoint written the same way after them cannot outlive them.
 */
export const derived = { writeConcern: { w: 1 } } as const
