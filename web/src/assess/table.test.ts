import { describe, expect, it } from 'vitest'
import { csvOf, gridOf, packed, parseTable, pasteAt, tidy, unpacked } from './table'

describe('a pasted or opened table', () => {
  it('may be separated by tabs, commas or semicolons, with quotes and a byte-order mark', () => {
    expect(parseTable('\ufefftime\tPM2.5\n2026-04-01\t87\r\n')).toEqual([['time', 'PM2.5'], ['2026-04-01', '87']])
    expect(parseTable('a,"b, ""c""",d\n"x\ny",2,3')).toEqual([['a', 'b, "c"', 'd'], ['x\ny', '2', '3']])
    expect(parseTable('a;b\n1;2')).toEqual([['a', 'b'], ['1', '2']])
    expect(parseTable('')).toEqual([])
  })

  it('needs a header and a row', () => {
    expect(gridOf(parseTable('a,b'))).toBeNull()
    expect(gridOf(parseTable('a,b\n1'))).toEqual({ columns: ['a', 'b'], rows: [['1', '']] })
  })

  it('goes where the cursor is and makes rows as it needs them', () => {
    const grid = { columns: ['a', 'b'], rows: [['1', '2']] }
    expect(pasteAt(grid, 0, 1, [['x', 'beyond'], ['y']]).rows).toEqual([['1', 'x'], ['', 'y']])
    expect(grid.rows).toEqual([['1', '2']])
  })
})

describe('the grid', () => {
  it('drops empty rows only at its end', () => {
    expect(tidy({ columns: ['a'], rows: [['1'], [''], ['2'], [' ']] }).rows).toEqual([['1'], [''], ['2']])
  })

  it('comes back from an address, and nothing else does', () => {
    const grid = { columns: ['镉', 'pH'], rows: [['0.3', '6.5']] }
    expect(unpacked(packed(grid))).toEqual(grid)
    expect(unpacked('%5B1%5D')).toBeNull()
    expect(unpacked('%')).toBeNull()
    expect(packed({ columns: ['a'], rows: [['x'.repeat(7000)]] })).toBe('')
  })

  it('is written so that a spreadsheet reads it', () => {
    expect(csvOf([['a', 'b'], ['1,5', 'x"y']])).toBe('\ufeffa,b\r\n"1,5","x""y"\r\n')
  })
})
