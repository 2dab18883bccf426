// ranking - cities in the order of an index, and where each stood before.
import type { Verdict, VerdictItem } from '@/api'

export type RankingKind = 'air_ranking' | 'water_city_index'
export type Span = 'month' | 'quarter' | 'year'

export interface Standing extends Verdict {
  region: number
  name_zh: string
  name_en: string
}

// The start of the period before, and of the same period a year before; both
// as days (yyyy-mm-dd) of a period's start.
export function before(start: string, span: Span): string {
  const [year, month] = [Number(start.slice(0, 4)), Number(start.slice(5, 7))]
  const months = { month: 1, quarter: 3, year: 12 }[span]
  const at = year * 12 + (month - 1) - months
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`
}

export function yearBefore(start: string): string {
  return `${Number(start.slice(0, 4)) - 1}-${start.slice(5, 7)}-01`
}

// The columns of single indices: items that have one, in the verdict's order;
// a city may lack some.
export function columnsOf(list: Standing[]): Pick<VerdictItem, 'factor' | 'name_zh' | 'name_en'>[] {
  const seen = new Map<string, VerdictItem>()
  for (const one of list) for (const item of one.items) if (item.index && !seen.has(item.factor)) seen.set(item.factor, item)
  return [...seen.values()]
}

export const ranked = (one: Standing | undefined): boolean => one?.outcome === 'given' && (one.rating ?? 0) > 0

// How many places a city rose since; negative: fell; null: not to be compared.
export function risen(now: Standing, then: Standing | undefined): number | null {
  return ranked(now) && then && ranked(then) ? then.rating - now.rating : null
}
