export interface Look {
  readonly tone: 'good' | 'calm' | 'wait' | 'lock' | 'bad' | 'done'
  readonly shape: 'disc' | 'ring' | 'diamond' | 'triangle' | 'square' | 'half' | 'tick' | 'cross'
}

/** Colour and shape of each state word: bills, drafts, pledges, boxes. No two states that stand side by side share a shape. */
export const stateLooks: Readonly<Record<string, Look>> = {
  APPROVED: { tone: 'calm', shape: 'ring' },
  ISSUED: { tone: 'good', shape: 'disc' },
  PENDING_SURRENDER_FOR_DELIVERY: { tone: 'wait', shape: 'triangle' },
  SURRENDERED_FOR_DELIVERY: { tone: 'calm', shape: 'square' },
  ACCOMPLISHED: { tone: 'done', shape: 'tick' },
  PENDING_SURRENDER_FOR_AMENDMENT: { tone: 'wait', shape: 'triangle' },
  SURRENDERED_FOR_AMENDMENT: { tone: 'calm', shape: 'square' },
  VOIDED: { tone: 'bad', shape: 'cross' },

  PROPOSED: { tone: 'wait', shape: 'triangle' },
  PLEDGED: { tone: 'lock', shape: 'diamond' },
  DEFAULTED: { tone: 'bad', shape: 'diamond' },
  ENFORCING: { tone: 'bad', shape: 'diamond' },

  editing: { tone: 'calm', shape: 'ring' },
  'awaiting-approval': { tone: 'wait', shape: 'triangle' },
  returned: { tone: 'bad', shape: 'cross' },
  approved: { tone: 'good', shape: 'half' },
  issued: { tone: 'good', shape: 'disc' },

  RECEIVED: { tone: 'good', shape: 'disc' },
  RELEASED: { tone: 'wait', shape: 'square' },
  DELIVERED: { tone: 'done', shape: 'tick' },

  planned: { tone: 'calm', shape: 'ring' },
  composed: { tone: 'good', shape: 'square' },
  departed: { tone: 'good', shape: 'disc' },
  arrived: { tone: 'done', shape: 'tick' },
  cancelled: { tone: 'bad', shape: 'cross' },

  EXPECTED: { tone: 'calm', shape: 'ring' },
  GATED_IN: { tone: 'good', shape: 'half' },
  LOADED: { tone: 'good', shape: 'square' },
  IN_TRANSIT: { tone: 'good', shape: 'disc' },
  ARRIVED: { tone: 'wait', shape: 'triangle' },
  DISCHARGED: { tone: 'calm', shape: 'square' },
  GATED_OUT: { tone: 'done', shape: 'tick' },
  EXCEPTION: { tone: 'bad', shape: 'cross' },
}
