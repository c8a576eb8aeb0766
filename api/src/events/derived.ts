/**
 * For collections that the feed makes from the log and can make again: no majority and no disk is waited for. MongoDB keeps the order of
 * writes, so the feed's checkpoint, which is written after them and is waited for, cannot outlive them; when it could not be written, the
 * feed goes on from the one that was kept.
 */
export const derived = { writeConcern: { w: 1 } } as const
