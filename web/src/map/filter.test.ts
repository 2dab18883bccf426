import { describe, expect, it } from 'vitest'
import type { LiveSite } from '@/api'
import { choose, cityOf, countStates, type Wanted } from './filter'

const site = (id: number, more: Partial<LiveSite> = {}): LiveSite => ({
  id,
  code: `S${id}`,
  name_zh: `站${id}`,
  name_en: `Station ${id}`,
  element: 'air',
  region: 510104,
  lon: 104,
  lat: 30,
  level: 'national',
  state: 'ok',
  last: null,
  verdict: null,
  ...more,
})
const all: Wanted = { element: '', state: '', city: null, text: '' }

describe('the list beside the map', () => {
  it('puts what needs somebody first', () => {
    const sites = [site(1), site(2, { state: 'late' }), site(3, { state: 'exceeding' }), site(4, { state: 'offline' })]
    expect(choose(sites, all).map((one) => one.id)).toEqual([3, 4, 2, 1])
  })

  it('finds by code and by either name, whatever the case', () => {
    const sites = [site(1, { name_zh: '草堂寺', name_en: 'Caotangsi' }), site(2)]
    expect(choose(sites, { ...all, text: '草堂' })).toHaveLength(1)
    expect(choose(sites, { ...all, text: ' CAOTANG' })).toHaveLength(1)
    expect(choose(sites, { ...all, text: 's2' })).toHaveLength(1)
    expect(choose(sites, { ...all, text: 'nowhere' })).toHaveLength(0)
  })

  it('joins conditions', () => {
    const sites = [site(1), site(2, { element: 'water' }), site(3, { region: 510304 })]
    expect(choose(sites, { ...all, element: 'air', city: 510300 }).map((one) => one.id)).toEqual([3])
    expect(cityOf(510304)).toBe(510300)
  })

  it('counts the states of one element', () => {
    const sites = [site(1), site(2, { state: 'late' }), site(3, { element: 'water' })]
    expect(countStates(sites, 'air')).toEqual({ ok: 1, late: 1 })
    expect(countStates(sites, '')).toEqual({ ok: 2, late: 1 })
  })
})
