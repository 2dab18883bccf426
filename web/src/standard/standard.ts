// standard - the tables that verdicts rest on, as pages show them: what their
// columns are called, which rows fit, which are in force on a day.
import type { Language } from '@/words'

export interface TableName {
  name: string
  element: string
  title_zh: string
  title_en: string
}

export interface Edition {
  standard: string
  valid_from: string
  valid_to: string
  title_zh: string
  title_en: string
  confidence: string
  note: string
}

export type Row = Record<string, string>

// In an address a table goes without its ".csv": that is for files.
export const addressOf = (name: string) => name.replace(/\.csv$/, '')

// In the order in which a monitoring centre speaks of them.
export const elements = ['air', 'water', 'drinking_water', 'groundwater', 'soil', 'noise', 'radiation', 'ecology', 'source', 'emergency', 'shared']

const columnWords: Record<string, [string, string]> = {
  standard: ['标准', 'Standard'],
  record: ['记录类别', 'Record'],
  phase: ['阶段', 'Phase'],
  table: ['表', 'Table'],
  seq: ['序号', 'No.'],
  valid_from: ['施行', 'In force from'],
  valid_to: ['废止', 'Until'],
  pollutant: ['污染物', 'Pollutant'],
  period: ['平均时间', 'Averaging'],
  class1: ['一级', 'Class I'],
  class2: ['二级', 'Class II'],
  unit: ['单位', 'Unit'],
  clause: ['条款', 'Clause'],
  confidence: ['可信度', 'Confidence'],
  note: ['备注', 'Note'],
  item: ['项目', 'Item'],
  param: ['参数', 'Parameter'],
  value: ['值', 'Value'],
  value2: ['上限', 'To'],
  item_code: ['编码', 'Code'],
  alt_code: ['别码', 'Other code'],
  name_zh: ['中文名', 'Chinese name'],
  name_en: ['英文名', 'English name'],
  water_body: ['水体', 'Water body'],
  class: ['类别', 'Class'],
  bound: ['界', 'Bound'],
  used_in_class_rating: ['参与定类', 'In rating'],
  group: ['组', 'Group'],
  lower_inclusive: ['含下限', 'Lower included'],
  upper_inclusive: ['含上限', 'Upper included'],
  cas: ['CAS 号', 'CAS'],
  land_use: ['用地', 'Land use'],
  land_class: ['用地类别', 'Land class'],
  ph_low: ['pH 下', 'pH from'],
  ph_low_inclusive: ['含', 'incl.'],
  ph_high: ['pH 上', 'pH to'],
  ph_high_inclusive: ['含', 'incl.'],
  kind: ['种类', 'Kind'],
  key: ['键', 'Key'],
  medium: ['介质', 'Medium'],
  applies_to: ['适用', 'Applies to'],
  level: ['级别', 'Level'],
  averaging: ['比较对象', 'Compared'],
  ref_o2_percent: ['基准氧 %', 'Reference O2 %'],
  stack_height_m: ['排气筒 m', 'Stack m'],
  decimals: ['小数位', 'Decimals'],
  title_zh: ['中文标题', 'Chinese title'],
  title_en: ['英文标题', 'English title'],
  element: ['要素', 'Element'],
  factors: ['因子', 'Factors'],
  factor: ['因子', 'Factor'],
  index: ['指数', 'Index'],
  weight: ['权重', 'Weight'],
  subclass: ['子类', 'Subclass'],
}

export function columnWord(name: string, language: Language): string {
  return columnWords[name]?.[language === 'zh' ? 0 : 1] ?? name
}

// Every word has to be somewhere in the row; case does not matter.
export function fitsWords(row: Row, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return true
  const all = Object.values(row).join('\n').toLowerCase()
  return words.every((word) => all.includes(word))
}

// In force on a day (yyyy-mm-dd); a row without days of its own has those of
// its standard, and without either it is always shown.
export function inForce(row: Row, day: string, editions: Map<string, Edition>): boolean {
  if (!day) return true
  const edition = editions.get(row.standard ?? '')
  const from = row.valid_from || edition?.valid_from || ''
  const to = row.valid_to || edition?.valid_to || ''
  return (!from || from <= day) && (!to || day <= to)
}

// Whole texts, or numbers when both are: so 10 stands behind 9.
export function compareCells(a: string, b: string): number {
  const x = Number(a)
  const y = Number(b)
  if (a !== '' && b !== '' && Number.isFinite(x) && Number.isFinite(y)) return x - y
  return a.localeCompare(b, 'zh-CN', { numeric: true })
}

// The values of a column with how often they come, for a filter; the most first.
export function valuesOf(rows: Row[], column: string): [string, number][] {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(row[column] ?? '', (counts.get(row[column] ?? '') ?? 0) + 1)
  return [...counts].filter(([value]) => value !== '').sort((a, b) => b[1] - a[1])
}

// Columns worth a filter of their own: few values in many rows.
export function choicesOf(rows: Row[], columns: string[]): string[] {
  return columns.filter((column) => {
    if (['value', 'value2', 'seq', 'note', 'clause', 'unit', 'valid_from', 'valid_to', 'decimals'].includes(column)) return false
    const count = valuesOf(rows, column).length
    return count > 1 && count <= 24 && rows.length >= 2 * count
  })
}
