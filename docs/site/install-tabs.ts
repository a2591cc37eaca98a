const frameworks = {
  Express: '@claimcheck/express express',
  Fastify: '@claimcheck/fastify fastify',
  Koa: '@claimcheck/koa koa',
} as const

const managers = { npm: 'npm install', pnpm: 'pnpm add', yarn: 'yarn add', bun: 'bun add' } as const

/** A choice of framework and package manager, and the command for it. The style sheet shows the chosen command. */
export function toInstallTabs(): string {
  const commands = Object.entries(frameworks).flatMap(([framework, packages]) =>
    Object.entries(managers).map(([manager, install]) => {
      const classes = `command for-${framework.toLowerCase()} for-${manager}`
      return `<div class="${classes}">\n\n\`\`\`sh\n${install} ${packages}\n\`\`\`\n\n</div>`
    }),
  )
  const choices = [
    toChoice('Framework', Object.keys(frameworks)),
    toChoice('Package manager', Object.keys(managers)),
  ].join('\n')
  return `<div class="install">\n${choices}\n${commands.join('\n')}\n</div>`
}

/** The first one is chosen. */
function toChoice(legend: string, names: readonly string[]): string {
  const group = legend.toLowerCase().replace(' ', '-')
  const options = names.map((name, index) => {
    const id = `choose-${name.toLowerCase()}`
    const checked = index === 0 ? ' checked' : ''
    return `<input type="radio" name="${group}" id="${id}"${checked}><label for="${id}">${name}</label>`
  })
  return `<fieldset><legend>${legend}</legend>${options.join('')}</fieldset>`
}
