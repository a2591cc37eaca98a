import { loadTargets, loadTargetsOfSize } from '../src/targets.ts'
import { isFullSize } from '../src/test-size.ts'
import { testAttacks, testSampleOfAttacks } from './attack-tests.ts'
import { adapterTarget } from './targets/adapter-target.ts'

const whole = await loadTargetsOfSize()
testAttacks(whole.map(adapterTarget))
if (!isFullSize) {
  const others = (await loadTargets()).filter((target) => !whole.includes(target))
  testSampleOfAttacks(others.map(adapterTarget))
}
