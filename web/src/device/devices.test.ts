import { describe, expect, it } from 'vitest'
import type { Device } from '@/api'
import { clock, deviationCount, fits, sorter } from './devices'

const device = (id: number, more: Partial<Device> = {}) =>
  ({ id, mn: `MN${id}`, site_name_zh: '站', site_name_en: 'Site', enabled: true, online: true, refused: 0, frames: 0, deviations: {}, last_frame: null, ...more }) as Device

describe('the list of devices', () => {
  it('separates those that went silent from those switched off', () => {
    expect(fits(device(1, { online: false }), 'offline', '')).toBe(true)
    expect(fits(device(1, { online: false, enabled: false }), 'offline', '')).toBe(false)
  })

  it('finds the ones whose maker has something to mend', () => {
    const bad = device(1, { deviations: { crc_lower_case: 3, tail_missing: 1 } })
    expect(deviationCount(bad)).toBe(4)
    expect(fits(bad, 'deviating', 'mn1')).toBe(true)
    expect(fits(device(2), 'deviating', '')).toBe(false)
  })

  it('says ahead, behind, or right of a clock', () => {
    expect([1260, -61_000, -40, 0, null].map(clock)).toEqual(['+1.3 s', '-61.0 s', '0.0 s', '0.0 s', '—'])
  })

  it('sorts both ways and stays stable', () => {
    const list = [device(1, { frames: 5 }), device(2, { frames: 9 }), device(3, { frames: 5 })]
    expect([...list].sort(sorter('frames', true)).map((one) => one.id)).toEqual([2, 1, 3])
    expect([...list].sort(sorter('frames', false)).map((one) => one.id)).toEqual([1, 3, 2])
  })
})
