import { describe, expect, it } from 'vitest'
import { choicesOf, compareCells, fitsWords, inForce, valuesOf, type Edition } from './standard'

const row = { standard: 'GB 3095-2012', pollutant: 'PM2.5', value: '75', valid_from: '2016-01-01', valid_to: '2026-02-28' }

describe('a row of a table', () => {
  it('is found by words that stand anywhere in it', () => {
    expect(fitsWords(row, 'pm2.5 3095')).toBe(true)
    expect(fitsWords(row, 'pm2.5 3838')).toBe(false)
    expect(fitsWords(row, '  ')).toBe(true)
  })

  it('is in force on both of its days and not beside them', () => {
    const none = new Map<string, Edition>()
    expect(inForce(row, '2016-01-01', none)).toBe(true)
    expect(inForce(row, '2026-02-28', none)).toBe(true)
    expect(inForce(row, '2026-03-01', none)).toBe(false)
    expect(inForce(row, '2015-12-31', none)).toBe(false)
    expect(inForce(row, '', none)).toBe(true)
  })

  it('without days has those of its standard', () => {
    const editions = new Map([['GB 3838-2002', { valid_from: '2002-06-01', valid_to: '' } as Edition]])
    expect(inForce({ standard: 'GB 3838-2002' }, '2002-05-31', editions)).toBe(false)
    expect(inForce({ standard: 'GB 3838-2002' }, '2026-01-01', editions)).toBe(true)
    expect(inForce({ standard: '' }, '1900-01-01', editions)).toBe(true)
  })
})

describe('columns', () => {
  it('sort numbers as numbers', () => {
    expect(['10', '9', '0.05'].sort(compareCells)).toEqual(['0.05', '9', '10'])
    expect(['Ⅲ', 'Ⅰ'].sort(compareCells)[0]).toBe('Ⅰ')
  })

  it('offer a filter when few values stand in many rows', () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ class: i % 3 ? 'II' : 'I', name_zh: `n${i}`, note: 'x' }))
    expect(choicesOf(rows, ['class', 'name_zh', 'note'])).toEqual(['class'])
    expect(valuesOf(rows, 'class')).toEqual([['II', 8], ['I', 4]])
  })
})
