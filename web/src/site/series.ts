// series - what the chart draws: readings and gaps as pairs of time and number.
// Numbers become doubles only here, for the screen.
import type { Aggregate, Cadence, Gap, LatestRow, Reading } from '@/api'

export const DAY_MS = 86_400_000

export const ranges = [
  { key: '1d', ms: DAY_MS, zh: '24 小时', en: '24 h' },
  { key: '7d', ms: 7 * DAY_MS, zh: '7 天', en: '7 days' },
  { key: '30d', ms: 30 * DAY_MS, zh: '30 天', en: '30 days' },
  { key: '1y', ms: 366 * DAY_MS, zh: '一年', en: 'one year' },
] as const

export type RangeKey = (typeof ranges)[number]['key']

export interface Dot {
  time: number
  value: number | null
  valid: boolean
  start: string
  text: string
  flag: string
}

// Fine cadences over long ranges are asked as daily or hourly sums: a line of
// more points than pixels says nothing more.
export function stepFor(cadence: Cadence, ms: number): 'hour' | 'day' | null {
  if (cadence !== 'minute' && cadence !== 'realtime') return null
  if (ms <= 2 * DAY_MS) return null
  return ms <= 45 * DAY_MS ? 'hour' : 'day'
}

export function fromReadings(readings: Reading[]): Dot[] {
  return readings.map((one) => ({
    time: Date.parse(one.start),
    value: one.value === null ? null : Number(one.value),
    valid: one.valid,
    start: one.start,
    text: one.value ?? one.text ?? '—',
    flag: one.flag,
  }))
}

export function fromAggregates(steps: Aggregate[]): Dot[] {
  return steps.map((one) => ({
    time: Date.parse(one.start),
    value: one.mean === null ? null : Number(one.mean),
    valid: one.count > 0,
    start: one.start,
    text: one.mean ?? '—',
    flag: '',
  }))
}

// The longest gaps first; what is not due yet is no gap to a reader.
export function worthTelling(gaps: Gap[], most = 50): Gap[] {
  return gaps
    .filter((gap) => gap.reason !== 'not_due')
    .sort((a, b) => b.periods - a.periods || b.from.localeCompare(a.from))
    .slice(0, most)
}

const order: Cadence[] = ['hour', 'minute', 'realtime', 'day', 'month', 'quarter', 'year', 'sample']

export function cadencesOf(rows: LatestRow[]): Cadence[] {
  return order.filter((cadence) => rows.some((row) => row.cadence === cadence))
}

// Weather (a01...) explains the pollutants and stands behind them.
const isWeather = (row: LatestRow) => row.factor.startsWith('a01')

// One row a point and factor: reported before computed; a site's points in
// turn, in each the pollutants first.
export function rowsOf(rows: LatestRow[], cadence: Cadence): LatestRow[] {
  const best = new Map<string, LatestRow>()
  for (const row of rows) {
    if (row.cadence !== cadence) continue
    const key = `${row.point}/${row.factor}`
    const known = best.get(key)
    if (!known || (known.origin !== 'reported' && row.origin === 'reported')) best.set(key, row)
  }
  return [...best.values()].sort((a, b) => a.point - b.point || Number(isWeather(a)) - Number(isWeather(b)) || a.factor.localeCompare(b.factor))
}
