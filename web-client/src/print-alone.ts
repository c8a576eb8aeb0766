/** Prints one part of the screen and nothing else. */
export function printAlone(part: HTMLElement | null): void {
  if (!part) return
  part.setAttribute('data-print-alone', '')
  document.body.classList.add('print-alone')
  window.print()
  document.body.classList.remove('print-alone')
  part.removeAttribute('data-print-alone')
}
