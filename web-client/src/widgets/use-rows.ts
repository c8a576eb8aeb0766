import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

/** Rows by keyboard: `j` and `k` move, `Enter` opens. Not while somebody types or a dialog is open. */
export function useRows(count: () => number, open: (index: number) => void): { readonly chosen: Ref<number> } {
  const chosen = ref(-1)
  function onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, [contenteditable], [role=dialog]')) return
    if (event.key === 'j' || event.key === 'k') {
      event.preventDefault()
      chosen.value = Math.min(Math.max(chosen.value + (event.key === 'j' ? 1 : -1), 0), count() - 1)
      requestAnimationFrame(() => document.querySelector('[data-row].chosen')?.scrollIntoView({ block: 'nearest' }))
    }
    if (event.key === 'Enter' && chosen.value >= 0 && !target.closest('a, button, summary')) open(chosen.value)
  }
  onMounted(() => { document.addEventListener('keydown', onKey) })
  onBeforeUnmount(() => { document.removeEventListener('keydown', onKey) })
  watch(count, (now) => { if (chosen.value >= now) chosen.value = now - 1 })
  return { chosen }
}
