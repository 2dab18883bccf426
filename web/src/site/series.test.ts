import { describe, expect, it } from 'vitest'
import type { Gap, LatestRow, Reading } from '@/api'
import { cadencesOf, DAY_MS, fromReadings, rowsOf, stepFor, worthTelling } from './series'

const row = (more: Partial<LatestRow>): LatestRow => ({
  point: 1,
  factor: 'a34004',
  name_zh: '',
  name_en: '',
  unit: 'ug/m3',
  cadence: 'hour',
  origin: 'reported',
  channel: 1,
  start: '2026-11-24T15:00:00+08:00',
  value: '35.0',
  min: null,
  max: null,
  total: null,
  converted: null,
  flag: 'N',
  quality: [],
  arrival: '2026-11-24T16:00:01+08:00',
  valid: true,
  limit: null,
  exceeds: false,
  ...more,
})

describe('a site page', () => {
  it('shows the reported value where a computed one stands beside it', () => {
    const rows = [row({ origin: 'computed', channel: 2 }), row({ channel: 1 }), row({ factor: 'a21026', origin: 'computed', channel: 3 })]
    expect(rowsOf(rows, 'hour').map((one) => one.channel)).toEqual([3, 1])
    expect(rowsOf(rows, 'day')).toEqual([])
  })

  it('puts the weather behind the pollutants, point by point', () => {
    const rows = ['a01001', 'a34004', 'a21026'].flatMap((factor) => [row({ factor, point: 2 }), row({ factor, point: 1 })])
    expect(rowsOf(rows, 'hour').map((one) => `${one.point}/${one.factor}`)).toEqual(['1/a21026', '1/a34004', '1/a01001', '2/a21026', '2/a34004', '2/a01001'])
  })

  it('offers hours before finer cadences', () => {
    expect(cadencesOf([row({ cadence: 'realtime' }), row({}), row({ cadence: 'day' })])).toEqual(['hour', 'realtime', 'day'])
  })

  it('asks sums for minutes over long ranges, and readings for hours', () => {
    expect(stepFor('minute', DAY_MS)).toBeNull()
    expect(stepFor('minute', 7 * DAY_MS)).toBe('hour')
    expect(stepFor('realtime', 366 * DAY_MS)).toBe('day')
    expect(stepFor('hour', 366 * DAY_MS)).toBeNull()
  })

  it('keeps digits for words and numbers for lines', () => {
    const [dot] = fromReadings([{ start: '2026-11-24T15:00:00+08:00', value: '35.0', flag: 'N', valid: true, text: null } as Reading])
    expect(dot.text).toBe('35.0')
    expect(dot.value).toBe(35)
  })

  it('tells the longest gaps and not what is only not due', () => {
    const gap = (periods: number, reason: Gap['reason']) => ({ from: 'a', to: 'b', periods, reason }) as Gap
    expect(worthTelling([gap(1, 'nothing'), gap(9, 'not_due'), gap(3, 'flag')]).map((one) => one.periods)).toEqual([3, 1])
  })
})
