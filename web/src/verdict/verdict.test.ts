import { describe, expect, it } from 'vitest'
import { periodName, unitShown } from './verdict'

describe('words of a verdict', () => {
  it('prints units as people write them', () => {
    expect(unitShown('ug/m3')).toBe('µg/m³')
    expect(unitShown('mg/m3')).toBe('mg/m³')
    expect(unitShown('m3/h')).toBe('m³/h')
    expect(unitShown('µg/m³')).toBe('µg/m³')
    expect(unitShown('mg/L')).toBe('mg/L')
    expect(unitShown(null)).toBe('')
  })

  it('names periods by what they are', () => {
    expect(periodName('2026-10-01T00:00:00+08:00', 'month')).toBe('2026-10')
    expect(periodName('2026-10-01T00:00:00+08:00', 'quarter')).toBe('2026 Q4')
    expect(periodName('2026-01-01T00:00:00+08:00', 'year')).toBe('2026')
    expect(periodName('2026-11-24T08:00:00+08:00', 'hour')).toBe('2026-11-24 08:00')
  })
})
