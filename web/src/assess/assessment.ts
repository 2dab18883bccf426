// assessment - what the server says about one of its assessments, and what a
// calculation with it answers.
import { get, send } from '@/api'
import type { Judged } from '@/verdict/verdict'
import type { Grid } from './table'

export interface AssessmentName {
  name: string
  kind: string
  element: string
  title_zh: string
  title_en: string
  standards: { standard: string; title_zh: string; title_en: string; from: number | null; to: number | null }[]
}

export interface Choice {
  name: string
  name_zh: string
  name_en: string
}

export interface Field {
  name: string
  aliases: string[]
  kind: 'text' | 'decimal' | 'count' | 'day' | 'choice' | 'yes' | 'period'
  unit: string | null
  default: string | null
  required: boolean
  key: boolean
  choices: Choice[]
  text_zh: string
  text_en: string
}

export interface Item {
  code: string
  name_zh: string
  name_en: string
  unit: string | null
  aliases: string[]
}

export interface Fact {
  standard: string
  from: number | null
  to: number | null
  item: string
  what: string
  value: string
  unit: string | null
  clause: string | null
  confidence: string | null
}

export interface Assessment extends AssessmentName {
  fields: Field[]
  has_items: boolean
  items: Item[]
  index_zh: string | null
  index_en: string | null
  rating_zh: string | null
  rating_en: string | null
  notes_zh: string | null
  notes_en: string | null
  example: Grid
  facts: Fact[]
}

export interface Trouble {
  line: number
  column: string
  value: string
  reason_zh: string
  reason_en: string
  note: boolean // said, and nothing was refused
}

export interface Calculated extends Judged {
  line: number
  cells: string[] // of Calculation.columns
}

export interface Calculation {
  columns: string[]
  verdicts: Calculated[]
  problems: Trouble[]
}

export const allAssessments = async () => (await get<{ items: AssessmentName[] }>('/assessments')).items
export const assessmentOf = (name: string) => get<Assessment>(`/assessments/${encodeURIComponent(name)}`)
export const calculate = (name: string, grid: Grid, options: Record<string, string>) => send<Calculation>('POST', `/assessments/${encodeURIComponent(name)}`, { columns: grid.columns, rows: grid.rows, options }) as Promise<Calculation>

// Lines count from 1; the grid's rows from 0.
export const rowOfLine = (line: number) => line - 1

// What a column of the table means: names and aliases, case aside.
export function named<T extends { aliases: string[] }>(list: T[], column: string, names: (one: T) => string[]): T | undefined {
  const wanted = column.replace(/\s*[([（].*$/, '').toLowerCase()
  return list.find((one) => [...names(one), ...one.aliases].some((name) => name.toLowerCase() === wanted || name.toLowerCase() === column.toLowerCase()))
}
