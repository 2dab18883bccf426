import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { query } from '@/api'
import { speak, word } from '@/words'
import { inkOn } from './colour'
import { age, iso, lasting, short } from './time'

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

  it.each([
    ['quality', '../src/quality/quality.def'],
    ['frame', '../src/ingest/hj212/verdict.def'],
  ] as const)('has words in both languages for every %s', (kind, file) => {
    const names = [...readFileSync(file, 'utf8').matchAll(/^(?:QUALITY|VERDICT)\(\w+, "(\w+)"/gm)].map((found) => found[1])
    expect(names.length).toBeGreaterThan(10)
    speak('en')
    const english = names.map((name) => word(kind, name))
    speak('zh')
    const chinese = names.map((name) => word(kind, name))
    names.forEach((name, i) => {
      expect(chinese[i], name).toMatch(/[\u4e00-\u9fff]/)
      expect(english[i], name).not.toContain('_')
    })
    expect(new Set(chinese).size).toBe(names.length)
  })

  it('says how long a gap is', () => {
    expect(lasting(4, 'hour', true)).toBe('4 小时')
    expect(lasting(1, 'day', false)).toBe('1 day')
    expect(lasting(30, 'hour', false)).toBe('30 hours')
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
