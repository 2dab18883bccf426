import { describe, expect, it } from 'vitest'
import { before, columnsOf, risen, yearBefore, type Standing } from './ranking'

const city = (name: string, rating: number, items: object[] = [], outcome = 'given') => ({ name_zh: name, rating, outcome, items }) as unknown as Standing

describe('periods', () => {
  it('go back over the turn of a year', () => {
    expect(before('2026-01-01T00:00:00+08:00', 'month')).toBe('2025-12-01')
    expect(before('2026-11-01T00:00:00+08:00', 'month')).toBe('2026-10-01')
    expect(before('2026-01-01', 'quarter')).toBe('2025-10-01')
    expect(before('2026-01-01', 'year')).toBe('2025-01-01')
    expect(yearBefore('2026-10-01')).toBe('2025-10-01')
  })
})

describe('standings', () => {
  it('are compared only when both have a rank', () => {
    expect(risen(city('a', 3), city('a', 5))).toBe(2)
    expect(risen(city('a', 3), city('a', 1))).toBe(-2)
    expect(risen(city('a', 3), city('a', 5, [], 'insufficient'))).toBeNull()
    expect(risen(city('a', 3), undefined)).toBeNull()
  })

  it('show the single indices that any city has', () => {
    const list = [city('a', 1, [{ factor: 'x', index: '0.1' }, { factor: 'result', index: null }]), city('b', 2, [{ factor: 'y', index: '0.2' }])]
    expect(columnsOf(list).map((one) => one.factor)).toEqual(['x', 'y'])
  })
})
