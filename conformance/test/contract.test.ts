import { testAdapter } from '@claimcheck/testing/adapter'
import { describe, it } from 'vitest'
import { describeTargets } from '../src/targets.ts'

await describeTargets(({ start, stacks, guardsAlone }) => testAdapter(start, { describe, it, stacks, guardsAlone }))
