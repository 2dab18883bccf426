// devices - which devices a person wants to see, and in which order.
import type { Device } from '@/api'

export type Only = '' | 'online' | 'offline' | 'deviating' | 'refused'

export const deviationCount = (device: Device) => Object.values(device.deviations).reduce((sum, n) => sum + n, 0)

export function fits(device: Device, only: Only, text: string): boolean {
  if (only === 'online' && !device.online) return false
  if (only === 'offline' && (device.online || !device.enabled)) return false
  if (only === 'deviating' && deviationCount(device) === 0) return false
  if (only === 'refused' && device.refused === 0) return false
  const wanted = text.trim().toLowerCase()
  return !wanted || [device.mn, device.site_name_zh, device.site_name_en].some((name) => name?.toLowerCase().includes(wanted))
}

export type SortKey = 'mn' | 'site' | 'last' | 'frames' | 'refused' | 'deviations'

export function sorter(key: SortKey, down: boolean): (a: Device, b: Device) => number {
  const by: Record<SortKey, (a: Device, b: Device) => number> = {
    mn: (a, b) => a.mn.localeCompare(b.mn),
    site: (a, b) => a.site_name_zh.localeCompare(b.site_name_zh, 'zh'),
    last: (a, b) => (a.last_frame ?? '').localeCompare(b.last_frame ?? ''),
    frames: (a, b) => a.frames - b.frames,
    refused: (a, b) => a.refused - b.refused,
    deviations: (a, b) => deviationCount(a) - deviationCount(b),
  }
  return (a, b) => (down ? -by[key](a, b) : by[key](a, b)) || a.id - b.id
}

// How far a device's clock is off, in seconds with a sign.
export function clock(offset_ms: number | null): string {
  if (offset_ms === null) return '—'
  const tenths = Math.round(offset_ms / 100)
  return `${tenths > 0 ? '+' : ''}${tenths === 0 ? '0.0' : (tenths / 10).toFixed(1)} s`
}
