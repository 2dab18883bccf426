import { describe, expect, it } from 'vitest'
import { query } from '@/api'
import { inkOn } from './colour'
import { age, iso, short } from './time'

describe('what a person reads', () => {
  it('writes Beijing time whatever the browser thinks', () => {
    expect(iso(0)).toBe('1970-01-01T08:00:00+08:00')
    expect(short('2026-11-24T16:05:09+08:00')).toBe('2026-11-24 16:05')
    expect(short(null)).toBe('—')
  })

  it('says how long ago in the largest fitting unit', () => {
    const now = Date.parse('2026-11-24T16:00:00+08:00')
    expect(age('2026-11-24T15:59:30+08:00', now, false)).toBe('30 s ago')
    expect(age('2026-11-24T15:00:00+08:00', now, true)).toBe('60 分钟前')
    expect(age('2026-11-20T16:00:00+08:00', now, false)).toBe('4 d ago')
  })

  it('puts black on yellow and white on maroon', () => {
    expect(inkOn('#ffff00')).toBe('#000000')
    expect(inkOn('#7e0023')).toBe('#ffffff')
    expect(inkOn('nonsense')).toBe('#17232b')
  })

  it('leaves empty parameters out of an address', () => {
    expect(query({ q: '', site: 0, after: null })).toBe('?site=0')
    expect(query({})).toBe('')
  })
})
