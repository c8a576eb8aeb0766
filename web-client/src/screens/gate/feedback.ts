import { ref, watch } from 'vue'

/** Sound and vibration at the gate: off until somebody wants them, remembered on this device. */
export const isLoud = ref(localStorage.getItem('yidan.gate.loud') === 'yes')
watch(isLoud, (now) => { localStorage.setItem('yidan.gate.loud', now ? 'yes' : 'no') })

let audio: AudioContext | null = null

/** Two short high tones for release, one long low one for hold. Never throws: a silent device is no fault. */
export function signal(word: 'RELEASE' | 'HOLD'): void {
  if (!isLoud.value) return
  try {
    navigator.vibrate?.(word === 'RELEASE' ? [80, 60, 80] : [500])
    audio ??= new AudioContext()
    for (const [from, length, pitch] of word === 'RELEASE' ? [[0, 0.12, 880], [0.18, 0.12, 1175]] as const : [[0, 0.6, 220]] as const) {
      const tone = audio.createOscillator(), volume = audio.createGain()
      tone.frequency.value = pitch
      volume.gain.value = 0.2
      tone.connect(volume).connect(audio.destination)
      tone.start(audio.currentTime + from)
      tone.stop(audio.currentTime + from + length)
    }
  } catch {
    audio = null
  }
}
