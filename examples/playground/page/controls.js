import { byId, make } from './elements.js'

/**
 * A choice of a segmented control, which consists of radio buttons.
 * @typedef {{ value: string, text: string, label?: string }} Choice
 */

/** Fills a segmented control. @param {string} id @param {readonly Choice[]} choices @param {string} checked */
export function fillChoices(id, choices, checked) {
  const labels = choices.map(({ value, text, label }) => {
    const input = document.createElement('input')
    input.type = 'radio'
    input.name = id
    input.value = value
    input.checked = value === checked
    if (label !== undefined) input.setAttribute('aria-label', label)
    return make('label', '', input, text)
  })
  byId(id, HTMLElement).replaceChildren(...labels)
}

/** Returns the radio buttons of a control. @param {string} id @returns {HTMLInputElement[]} */
function radiosOf(id) {
  return [...byId(id, HTMLElement).querySelectorAll('input')]
}

/** Returns the chosen value. @param {string} id */
export function chosen(id) {
  return radiosOf(id).find((radio) => radio.checked)?.value ?? ''
}

/** Chooses a value without an event. @param {string} id @param {string} value */
export function choose(id, value) {
  for (const radio of radiosOf(id)) radio.checked = radio.value === value
}

/**
 * Starts tabs by the ARIA pattern: one is in the tab order, and the arrow keys, Home and End move to the others.
 * @param {HTMLElement} list
 */
export function startTabs(list) {
  const tabs = [...list.querySelectorAll('button')]
  /** @param {HTMLButtonElement} selected */
  const select = (selected) => {
    for (const tab of tabs) {
      const isSelected = tab === selected
      tab.setAttribute('aria-selected', String(isSelected))
      tab.tabIndex = isSelected ? 0 : -1
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '')
      if (panel !== null) panel.hidden = !isSelected
    }
  }
  list.addEventListener('keydown', (event) => {
    const index = tabs.findIndex((tab) => tab === document.activeElement)
    const next = targetOf(event.key, index, tabs.length)
    const tab = next === null ? undefined : tabs[next]
    if (tab === undefined) return
    event.preventDefault()
    select(tab)
    tab.focus()
  })
  for (const tab of tabs) tab.addEventListener('click', () => select(tab))
  const [first] = tabs
  const initial = tabs.find((tab) => tab.getAttribute('aria-selected') === 'true') ?? first
  if (initial !== undefined) select(initial)
}

/** @param {string} key @param {number} index @param {number} count @returns {number | null} */
function targetOf(key, index, count) {
  if (key === 'ArrowRight') return (index + 1) % count
  if (key === 'ArrowLeft') return (index + count - 1) % count
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : null
}
