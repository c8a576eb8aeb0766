import { computed, ref } from 'vue'

/** How the screens stand with the server: whether the last request was answered, and whether live frames come in. */
const answered = ref(true)
const live = ref<'off' | 'connecting' | 'live'>('off')

export const connection = computed<'offline' | 'connecting' | 'live' | 'online'>(() =>
  !answered.value ? 'offline' : live.value === 'off' ? 'online' : live.value,
)

export function noteAnswer(): void {
  answered.value = true
}

export function noteSilence(): void {
  answered.value = false
}

/** `live.ts` says how the socket stands. */
export function noteLive(state: 'off' | 'connecting' | 'live'): void {
  live.value = state
}
