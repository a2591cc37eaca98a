import { afterEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../src/index.ts'
import {
  clockOption,
  defineOptions,
  later,
  number,
  oneOf,
  orNull,
  readFields,
  readOptions,
  readString,
  wholeNumber,
} from '../src/internal.ts'

const table = defineOptions({
  name: { read: readString, required: 'a name' },
  seconds: { read: number(0, 10), fallback: 5 },
  max: { read: orNull(wholeNumber(1, 3)), fallback: 2 },
  color: { read: oneOf(['red', 'green']), fallback: null },
  raw: { read: later, fallback: null },
  now: clockOption,
  title: { useInstead: 'name' },
})

function errorOf(options: unknown, path = ''): unknown {
  try {
    readOptions(path, options, table)
  } catch (error) {
    return error
  }
  throw new Error('The options are valid')
}

describe('readOptions', () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, 'seconds')
    Reflect.deleteProperty(Object.prototype, 'allowsUndefined')
    Reflect.deleteProperty(Object.prototype, 'fallback')
  })

  it('returns a frozen object with the fallback of each absent option', () => {
    const options = readOptions('', { name: 'x' }, table)
    expect(options).toMatchObject({ name: 'x', seconds: 5, max: 2, color: null, raw: null })
    expect(Object.keys(options)).toEqual(['name', 'seconds', 'max', 'color', 'raw', 'now'])
    expect(Math.abs(options.now() - Date.now())).toBeLessThan(1000)
    expect(Object.isFrozen(options)).toBe(true)
  })

  it('returns what the readers return', () => {
    const now = () => 1
    const options = readOptions('a', { name: 'x', seconds: 0, max: null, color: 'green', raw: 1, now }, table)
    expect(options).toEqual({
      name: 'x',
      seconds: 0,
      max: null,
      color: 'green',
      raw: { option: 'a.raw', value: 1 },
      now,
    })
  })

  it.each([
    [{}, { option: 'a.name', expected: 'a name', received: 'undefined' }],
    [{ name: '' }, { option: 'a.name', expected: 'a non-empty string', received: 'an empty string' }],
    [
      { name: 'x', seconds: 11 },
      { option: 'a.seconds', expected: 'a number from 0 to 10', received: '11' },
    ],
    [
      { name: 'x', max: 4 },
      { option: 'a.max', expected: 'a number from 1 to 3', received: '4' },
    ],
    [
      { name: 'x', max: 1.5 },
      { option: 'a.max', expected: 'a whole number', received: '1.5' },
    ],
    [
      { name: 'x', color: 'blue' },
      { option: 'a.color', expected: 'one of red, green', received: 'another string' },
    ],
    [{ name: undefined }, { option: 'a.name', expected: 'a value (or omit the option)' }],
    [
      { names: 'x' },
      { option: 'a.names', expected: 'one of name, seconds, max, color, raw, now', received: 'an unknown option' },
    ],
    [{ title: 'x' }, { option: 'a.title', expected: 'name', message: 'Unknown option "a.title": use name' }],
    [[], { option: 'a', expected: 'an object', received: 'an empty array' }],
  ])('throws a ConfigError with its parts for %j', (options, parts) => {
    expect(errorOf(options, 'a')).toBeInstanceOf(ConfigError)
    expect(errorOf(options, 'a')).toMatchObject(parts)
  })

  it('names the options as a whole if they have no path', () => {
    expect(errorOf('x')).toMatchObject({ option: 'options', expected: 'an object', received: 'a string' })
  })

  it('accepts undefined only for options whose row allows it', () => {
    expect(readOptions('', { name: 'x', now: undefined }, table).now).toBe(clockOption.fallback)
    expect(readFields('', { now: undefined }, ['now']).size).toBe(0)
    expect(() => readFields('', { other: undefined }, ['now', 'other'])).toThrow(ConfigError)
  })

  it('reads neither options nor rows from Object.prototype', () => {
    Object.assign(Object.prototype, { seconds: 1, allowsUndefined: true, fallback: 'y' })
    expect(readOptions('', { name: 'x' }, table).seconds).toBe(5)
    expect(errorOf({})).toMatchObject({ option: 'name', received: 'undefined' })
    expect(errorOf({ name: 'x', max: undefined })).toMatchObject({ option: 'max' })
  })

  it('keeps the bounds of a reader of numbers for the documentation', () => {
    expect(table.seconds.read.bounds).toEqual([0, 10])
    expect(table.max.read.bounds).toEqual([1, 3])
    expect(orNull(readString).bounds).toBeUndefined()
  })
})
