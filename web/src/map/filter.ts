// filter - which sites a person wants to see, and in which order: what needs
// somebody first.
import type { LiveSite, SiteState } from '@/api'

export interface Wanted {
  element: string
  state: string
  city: number | null
  text: string
}

const urgency: Record<SiteState, number> = { exceeding: 0, offline: 1, late: 2, never: 3, ok: 4 }

export const cityOf = (region: number) => Math.floor(region / 100) * 100

export function fits(site: LiveSite, wanted: Wanted): boolean {
  if (wanted.element && site.element !== wanted.element) return false
  if (wanted.state && site.state !== wanted.state) return false
  if (wanted.city !== null && cityOf(site.region) !== wanted.city) return false
  const text = wanted.text.trim().toLowerCase()
  if (!text) return true
  return [site.code, site.name_zh, site.name_en].some((name) => name?.toLowerCase().includes(text))
}

export function byUrgency(a: LiveSite, b: LiveSite): number {
  return (
    urgency[a.state] - urgency[b.state] ||
    (b.verdict?.level ?? 0) - (a.verdict?.level ?? 0) ||
    (b.verdict?.rating ?? 0) - (a.verdict?.rating ?? 0) ||
    a.id - b.id
  )
}

export function choose(sites: Iterable<LiveSite>, wanted: Wanted): LiveSite[] {
  return [...sites].filter((site) => fits(site, wanted)).sort(byUrgency)
}

export function countStates(sites: Iterable<LiveSite>, element: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const site of sites) {
    if (!element || site.element === element) counts[site.state] = (counts[site.state] ?? 0) + 1
  }
  return counts
}
