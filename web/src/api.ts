// api - the only place that asks the server. Types are those of docs/api.md;
// numbers that were measured or judged are texts with their digits as written.

export type Time = string // ISO 8601 with +08:00
export type Digits = string // "35.0"

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface VerdictBrief {
  kind: VerdictKind
  start: Time
  outcome: 'given' | 'insufficient' | 'no_edition'
  rating: number
  level: number
  level_zh: string
  level_en: string
  colour: string
  primary: string[]
}

// src/assess/verdict_kind.def
export type VerdictKind = string
export type SiteState = 'ok' | 'late' | 'offline' | 'exceeding' | 'never'
export type Element =
  | 'air'
  | 'water'
  | 'groundwater'
  | 'drinking_water'
  | 'soil'
  | 'noise'
  | 'radiation'
  | 'source_gas'
  | 'source_water'
  | 'ecology'

export interface LiveSite {
  id: number
  code: string
  name_zh: string
  name_en: string
  element: Element
  region: number
  lon: number | null
  lat: number | null
  level: string
  state: SiteState
  last: Time | null
  verdict: VerdictBrief | null
}

export interface LiveRegion {
  code: number
  aqi: number | null
  level: number
  colour: string
  primary: string[]
  stations: number
  stations_judged: number
}

export interface Live {
  at: Time
  regions: LiveRegion[]
  sites: LiveSite[]
}

export interface Region {
  code: number
  parent: number
  level: string
  name_zh: string
  name_en: string
  lon: number
  lat: number
}

export interface PointFactor {
  factor: string
  name_zh: string
  name_en: string
  unit: string
  decimals: number
}

export interface PointLimit {
  factor: string
  standard: string
  averaging: string
  min: Digits | null
  max: Digits | null
  unit: string
  converted: boolean
  from: string
  to: string | null
}

export interface Point {
  id: number
  code: string
  name_zh: string
  name_en: string
  device: { id: number; mn: string | null; online: boolean } | null
  factors: PointFactor[]
  limits: PointLimit[]
}

export interface Site extends LiveSite {
  water_body: string | null
  target_class: number
  noise_class: string | null
  control_point: boolean
  points: Point[]
}

export interface LatestRow {
  point: number
  factor: string
  name_zh: string
  name_en: string
  unit: string
  cadence: Cadence
  origin: Origin
  channel: number
  start: Time
  value: Digits | null
  min: Digits | null
  max: Digits | null
  total: Digits | null
  converted: Digits | null
  flag: string
  quality: string[]
  arrival: Time
  valid: boolean
  limit: { max: Digits | null; min: Digits | null; standard: string } | null
  exceeds: boolean
}

export type Cadence =
  | 'realtime'
  | 'minute'
  | 'hour'
  | 'day'
  | 'month'
  | 'quarter'
  | 'year'
  | 'sample'
export type Origin = 'reported' | 'computed' | 'manual' | 'modelled'

export interface Channel {
  id: number
  site: number
  point: number
  factor: string
  name_zh: string
  name_en: string
  unit: string
  cadence: Cadence
  origin: Origin
  first: Time | null
  last: Time | null
}

export interface Reading {
  start: Time
  value: Digits | null
  min: Digits | null
  max: Digits | null
  total: Digits | null
  converted: Digits | null
  converted_min: Digits | null
  converted_max: Digits | null
  flag: string
  quality: string[]
  arrival: Time
  text: string | null
  valid: boolean
}

export interface Aggregate {
  start: Time
  count: number
  count_all: number
  mean: Digits | null
  min: Digits | null
  max: Digits | null
  sum: Digits | null
}

export interface Gap {
  from: Time
  to: Time
  periods: number
  reason: 'nothing' | 'flag' | 'quality' | 'never_heard' | 'not_due'
  flag: string
  quality: string[]
  text_zh: string
  text_en: string
}

export interface VerdictItem {
  factor: string
  name_zh: string
  name_en: string
  value: Digits | null
  unit: string
  period: string
  rating: number
  limit: Digits | null
  multiple: Digits | null
  index?: Digits | null
  decisive: boolean
  confidence: string
  step_zh: string
  step_en: string
}

export interface Verdict {
  kind: VerdictKind
  site: number
  point: number
  start: Time
  cadence: Cadence
  outcome: 'given' | 'insufficient' | 'no_edition'
  edition: string
  index?: Digits | null
  confidence?: string | null
  rating: number
  level: number
  level_zh: string
  level_en: string
  colour: string
  summary_zh: string
  summary_en: string
  advice_zh: string
  advice_en: string
  version: number
  judged: Time
  cause: number
  items: VerdictItem[]
}

export interface Frame {
  sequence: number
  arrival: Time
  device: number
  mn: string
  kind: string
  size: number
  cn: number
  cn_name_zh: string
  cn_name_en: string
  data_time: string | null
  verdict: string
  deviations: string[]
  text: string
}

export interface FrameDetail extends Frame {
  raw: string
  hex: string
  header: Record<string, string | number>
  items: { code: string; name_zh: string; values: { suffix: string; text: string }[] }[]
}

export interface Device {
  id: number
  mn: string
  site: number
  site_name_zh: string
  site_name_en: string
  point: number
  enabled: boolean
  online: boolean
  peer: string | null
  since: Time | null
  last_frame: Time | null
  frames: number
  refused: number
  duplicates: number
  edition: string
  clock_offset_ms: number | null
  deviations: Record<string, number>
  verdicts: Record<string, number>
  late_s: number | null
}

export interface Command {
  id: number
  device: number
  mn: string
  cn: number
  name_zh: string
  name_en: string
  cp: string
  qn: string
  state: string
  qn_rtn: number | null
  exe_rtn: number | null
  attempts: number
  data_frames: number
  result: string
  who: string
  created: Time
  sent: Time | null
  answered: Time | null
  ended: Time | null
}

export interface CommandKind {
  cn: number
  name_zh: string
  name_en: string
  fields: { name: string; kind: string; min: number | null; max: number | null; required: boolean }[]
  risky: boolean
}

export interface LedgerStatus {
  first: number
  last: number
  segments: number
  sealed: number
  compressed: number
  bytes: number
  commits: number
  last_arrival: Time | null
  last_day_signed: string
  last_root: string
  verify: {
    running: boolean
    done: number
    total: number
    finished: Time | null
    ok: boolean | null
    message: string
    records: number
  }
}

export interface Session {
  name: string
  role: string
  csrf: string
  must_change: boolean
}

// What the server says when it cannot: problem+json, `detail` says what to do.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail || title)
  }
}

let csrf = ''

export function setCsrf(token: string) {
  csrf = token
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as { title?: string; detail?: string }
    return new Problem(answer.status, body.title ?? answer.statusText, body.detail ?? '')
  } catch {
    return new Problem(answer.status, answer.statusText, '')
  }
}

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  let answer: Response
  try {
    answer = await fetch('/api/v1' + path, {
      method,
      headers,
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      credentials: 'same-origin',
    })
  } catch {
    throw new Problem(0, 'unreachable', '')
  }
  if (!answer.ok) throw await problemOf(answer)
  return answer
}

type Query = Record<string, string | number | boolean | undefined | null>

export function query(parameters: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? '?' + text : ''
}

export async function get<T>(path: string, parameters: Query = {}): Promise<T> {
  return (await ask('GET', path + query(parameters))).json() as Promise<T>
}

// Walks a list by its cursor until its end or `most` rows.
export async function getAll<T>(path: string, parameters: Query = {}, most = 50_000): Promise<T[]> {
  const rows: T[] = []
  let after: string | null = null
  do {
    const page: Page<T> = await get<Page<T>>(path, { limit: 10_000, ...parameters, after })
    rows.push(...page.items)
    after = page.next
  } while (after && rows.length < most)
  return rows
}

export async function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T | null> {
  const answer = await ask(method, path, body)
  const text = await answer.text()
  return text ? (JSON.parse(text) as T) : null
}

export const link = (path: string, parameters: Query = {}) => '/api/v1' + path + query(parameters)

// Server-sent events; the browser connects again by itself.
export function listen(topics: string[], on: (event: string, data: unknown) => void): () => void {
  const source = new EventSource('/api/v1/events' + query({ topics: topics.join(',') }))
  for (const name of ['reading', 'verdict', 'region', 'command', 'device']) {
    source.addEventListener(name, (message) => on(name, JSON.parse((message as MessageEvent<string>).data)))
  }
  return () => source.close()
}
