// verdict - what a stored verdict and a calculated one have in common.
import type { Digits, VerdictItem } from '@/api'

export interface Judged {
  kind?: string
  outcome: string
  edition: string
  rating: number | null
  index?: Digits | null
  confidence?: string | null
  level: number | null
  level_zh: string | null
  level_en: string | null
  colour: string | null
  summary_zh: string | null
  summary_en: string | null
  advice_zh: string | null
  advice_en: string | null
  items: VerdictItem[]
}

// "2026-10", "2026 Q4", "2026": a period by its start, as people name it.
export function periodName(start: string, cadence: string): string {
  const [year, month] = [start.slice(0, 4), start.slice(5, 7)]
  if (cadence === 'year') return year
  if (cadence === 'quarter') return `${year} Q${Math.ceil(Number(month) / 3)}`
  if (cadence === 'month') return `${year}-${month}`
  if (cadence === 'day') return start.slice(0, 10)
  return start.slice(0, 16).replace('T', ' ')
}

// Units as printed, where the answer has them as typed: ug/m3 is µg/m³.
export const unitShown = (unit: string | null | undefined) => (unit ?? '').replace(/^u(?=g|Sv|Gy|T)/, 'µ').replace(/m([23])(?=\/|$)/, (_, n: string) => (n === '2' ? 'm²' : 'm³'))
