// table - what stands in the calculator's grid: texts in rows and columns, as
// typed, pasted from a spreadsheet or read from a CSV file.
export interface Grid {
  columns: string[]
  rows: string[][]
}

export const ROWS_MAX = 2000

// Every row as long as the header; rows that are empty at the end go.
export function tidy(grid: Grid): Grid {
  const width = grid.columns.length
  const rows = grid.rows.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ''))
  while (rows.length && rows[rows.length - 1]!.every((cell) => cell.trim() === '')) rows.pop()
  return { columns: [...grid.columns], rows }
}

// RFC 4180, with comma, tab or semicolon: whichever the first line has most of.
export function parseTable(text: string): string[][] {
  const body = text.replace(/^\ufeff/, '')
  const first = body.slice(0, body.search(/\r|\n|$/))
  const comma = [',', '\t', ';'].map((mark) => [mark, first.split(mark).length] as const).sort((a, b) => b[1] - a[1])[0]![0]
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const end = () => {
    row.push(cell)
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let at = 0; at < body.length; at++) {
    const c = body[at]!
    if (quoted) {
      if (c !== '"') cell += c
      else if (body[at + 1] === '"') {
        cell += '"'
        at++
      } else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === comma) {
      row.push(cell)
      cell = ''
    } else if (c === '\n' || c === '\r') {
      if (c === '\r' && body[at + 1] === '\n') at++
      end()
    } else cell += c
  }
  if (cell !== '' || row.length) end()
  return rows
}

// A pasted block goes where the cursor is; rows are added as it needs them,
// what would stand beyond the last column is left out.
export function pasteAt(grid: Grid, line: number, column: number, block: string[][]): Grid {
  const rows = grid.rows.map((row) => [...row])
  for (const [down, cells] of block.entries()) {
    while (rows.length <= line + down && rows.length < ROWS_MAX) rows.push(grid.columns.map(() => ''))
    for (const [right, cell] of cells.entries()) {
      if (rows[line + down] && column + right < grid.columns.length) rows[line + down]![column + right] = cell.trim()
    }
  }
  return { columns: [...grid.columns], rows }
}

// A whole table, its first row the names of the columns.
export function gridOf(block: string[][]): Grid | null {
  const [columns, ...rows] = block
  if (!columns || !rows.length) return null
  return tidy({ columns: columns.map((name) => name.trim()), rows: rows.slice(0, ROWS_MAX) })
}

const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)

export function csvOf(rows: string[][]): string {
  return '\ufeff' + rows.map((row) => row.map(quote).join(',')).join('\r\n') + '\r\n'
}

// Small tables go into the address, so that a calculation can be passed on.
export function packed(grid: Grid): string {
  const text = JSON.stringify([grid.columns, ...grid.rows])
  return text.length <= 6000 ? encodeURIComponent(text) : ''
}

export function unpacked(text: string): Grid | null {
  try {
    const block = JSON.parse(decodeURIComponent(text)) as unknown
    if (!Array.isArray(block) || !block.every((row) => Array.isArray(row) && row.every((cell) => typeof cell === 'string'))) return null
    return gridOf(block as string[][])
  } catch {
    return null
  }
}
