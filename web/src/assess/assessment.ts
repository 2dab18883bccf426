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
  standards: { standard: string; from: string | null; to: string | null }[]
}

export interface Choice {
  name: string
  zh: string
  en: string
}

export interface Field {
  name: string
  kind: 'text' | 'decimal' | 'count' | 'day' | 'choice' | 'yes' | 'period'
  unit: string | null
  default: string | null
  required: boolean
  key: boolean
  choices: Choice[]
  zh: string
  en: string
}

export interface Item {
  code: string
  name_zh: string
  name_en: string
  unit: string | null
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
}

export interface Trouble {
  line: number
  column: string
  value: string
  reason_zh: string
  reason_en: string
}

export interface Calculated extends Judged {
  line: number
  kept: Record<string, string>
}

export interface Calculation {
  verdicts: Calculated[]
  problems: Trouble[]
}

export const allAssessments = async () => (await get<{ items: AssessmentName[] }>('/assessments')).items
export const assessmentOf = (name: string) => get<Assessment>(`/assessments/${encodeURIComponent(name)}`)
export const calculate = (name: string, grid: Grid, options: Record<string, string>) => send<Calculation>('POST', `/assessments/${encodeURIComponent(name)}`, { columns: grid.columns, rows: grid.rows, options }) as Promise<Calculation>

// The first row stands in line 2 of the table, as in a file with a header.
export const rowOfLine = (line: number) => line - 2
