import { ref } from 'vue'

/** How far the platform's clock is ahead of this machine's, in milliseconds. */
export const ahead = ref(0)

/** An answer says the time to the second, and was some time on its way: less is no difference. */
const tolerance = 5_000

/** Takes the platform's time from an answer's `Date`: ages and time limits are counted from it, whatever the clock of the reader's machine says. */
export function noteTime(date: string | null, here = Date.now()): void {
  const told = Date.parse(date ?? '')
  if (Number.isNaN(told)) return
  const difference = told - here
  if (Math.abs(difference - ahead.value) > tolerance) ahead.value = Math.abs(difference) > tolerance ? difference : 0
}
