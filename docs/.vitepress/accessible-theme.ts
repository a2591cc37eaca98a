import type { MarkdownRenderer, Plugin } from 'vitepress'

/** What is replaced in the components of VitePress's theme, each because axe or the keyboard finds a fault in it. */
const replacements: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  'VPSidebarItem.vue': [
    // A title that does not open and close anything is not a button.
    ["(isLink.value ? undefined : 'button')", "(isLink.value || !collapsible.value ? undefined : 'button')"],
    [':tabindex="item.items && 0"', ':tabindex="itemRole && 0" :aria-expanded="itemRole && !collapsed"'],
    // If the title is a button, the caret in it is a part of it.
    [
      'role="button"\n        aria-label="toggle section"',
      ':role="itemRole ? undefined : \'button\'"\n        :aria-label="itemRole ? undefined : \'toggle section\'"',
    ],
    ['tabindex="0"', ':tabindex="itemRole ? undefined : 0"'],
  ],
  'VPLocalSearchBox.vue': [
    // A dialog with a field and a list is not a button.
    [
      'role="button"\n      :aria-owns="results?.length ? \'localsearch-list\' : undefined"\n      aria-expanded="true"\n      aria-haspopup="listbox"\n      aria-labelledby="localsearch-label"',
      'role="dialog"\n      aria-modal="true"\n      aria-labelledby="localsearch-label"',
    ],
    // The hits are a list of links. An option must not contain a link.
    [':role="results?.length ? \'listbox\' : undefined"', ''],
    [':aria-selected="selectedIndex === index ? \'true\' : \'false\'"\n            role="option"', ''],
    [':aria-activedescendant="selectedIndex > -1 ? (\'localsearch-item-\' + selectedIndex) : undefined"', ''],
    ['aria-autocomplete="both"', ''],
    // The name of a hit is its text.
    [':aria-label="[...p.titles, p.title].join(\' > \')"', ''],
    ['<kbd :aria-label', '<kbd role="img" :aria-label'],
  ],
  // The name of the button is its text, "Search", without the key. The style sheet hides it on a phone, but not its name.
  'VPNavBarSearchButton.vue': [
    [' :aria-label="translate(\'button.buttonAriaLabel\')"', ''],
    ['class="DocSearch-Button-Keys"', 'class="DocSearch-Button-Keys" aria-hidden="true"'],
    ['<button type="button"', '<button type="button" aria-keyshortcuts="Control+K Meta+K"'],
  ],
}

/** Changes components of the theme as they are built. A component that no longer has the text is an error. */
export function accessibleTheme(): Plugin {
  return {
    name: 'accessible-theme',
    enforce: 'pre',
    transform(code, id) {
      const [, name = ''] = /\/theme-default\/components\/(\w+\.vue)$/.exec(id) ?? []
      return replacements[name]?.reduce((text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`${name} has no ${from}`)
        return text.replaceAll(from, to)
      }, code)
    },
  }
}

/** Makes an empty header cell of a Markdown table an ordinary cell, because it is the header of nothing. */
export function withoutEmptyHeaders(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('empty-headers', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'th_open' || tokens[index + 1]?.content !== '') continue
      token.tag = 'td'
      const end = tokens[index + 2]
      if (end?.type === 'th_close') end.tag = 'td'
    }
  })
}
