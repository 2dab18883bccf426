// server - a platform of its own for each file of stories: a data directory
// made by `init`, a registry of a few stations, `serve` on free ports.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { until } from './wait'

const run = promisify(execFile)

const program = resolve(process.env.SHANGYOU_PROGRAM ?? '../build/src/shangyou')
const clockOfYesterday = join(dirname(program), '../tests/clock/yesterday.so')
const web = resolve(process.env.SHANGYOU_WEB ?? (existsSync('../build/web/index.html') ? '../build/web' : 'dist'))

export const HOUR_MS = 3600_000
export const ADMIN = { name: 'admin', password: 'Clear-Water-2026' }

// Who reports: MN, password and system code.
export const air = { mn: '510105000000000000000001', password: '123456', st: '22', site: 'KQ0001', zh: '青羊试验站', en: 'Qingyang trial station' }
export const evening = { mn: '510115000000000000000004', password: '456789', st: '22', site: 'KQ0002', zh: '温江试验站', en: 'Wenjiang trial station' }
export const outlet = { mn: '510112000000000000000002', password: '234567', st: '31', site: 'QY0001', zh: '龙泉试验电厂', en: 'Longquan trial power plant' }
export const river = { mn: '510121000000000000000003', password: '345678', st: '21', site: 'SZ0001', zh: '沱江试验断面', en: 'Tuo River trial section' }

const tables: Record<string, string> = {
  'sites.csv': `code,name_zh,name_en,element,level,region,lon,lat,water_body,target_class,public_page
KQ0001,青羊试验站,Qingyang trial station,air,national,510105,104.06,30.67,,,yes
KQ0002,温江试验站,Wenjiang trial station,air,national,510115,103.83,30.69,,,yes
QY0001,龙泉试验电厂,Longquan trial power plant,source_gas,enterprise,510112,104.27,30.56,,,yes
SZ0001,沱江试验断面,Tuo River trial section,water,national,510121,104.41,30.86,river,3,yes
`,
  'points.csv': `site,code,name_zh,name_en
KQ0001,1,采样口,Inlet
KQ0002,1,采样口,Inlet
QY0001,DA001,1号机组总排口,Unit 1 main stack
SZ0001,1,断面,Section
`,
  'devices.csv': `mn,site,point,password,st
${air.mn},KQ0001,1,${air.password},22
${evening.mn},KQ0002,1,${evening.password},22
${outlet.mn},QY0001,DA001,${outlet.password},31
${river.mn},SZ0001,1,${river.password},21
`,
  'factors.csv': `site,point,factor,unit,decimals
KQ0001,1,a34004,ug/m3,0
KQ0001,1,a34002,ug/m3,0
KQ0001,1,a21026,ug/m3,0
KQ0001,1,a21004,ug/m3,0
KQ0001,1,a05024,ug/m3,0
KQ0001,1,a21005,mg/m3,1
KQ0001,1,a01001,℃,1
KQ0001,1,a01002,%,1
KQ0002,1,a34004,ug/m3,0
KQ0002,1,a34002,ug/m3,0
KQ0002,1,a21026,ug/m3,0
KQ0002,1,a21004,ug/m3,0
KQ0002,1,a05024,ug/m3,0
KQ0002,1,a21005,mg/m3,1
QY0001,DA001,a21026,mg/m3,1
SZ0001,1,w01001,,2
SZ0001,1,w21003,mg/L,2
`,
  'limits.csv': `site,point,factor,averaging,from,standard,max,unit
QY0001,DA001,a21026,hour,2014-07-01,GB 13223-2011,35,mg/m3
`,
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

export interface Answer<T> {
  status: number
  body: T
  headers: Headers
}

export class Platform {
  private process: ChildProcess | null = null
  private cookie = ''
  private csrf = ''
  private log = ''
  yesterday = false // the program's wall clock stands one day back

  private constructor(
    readonly data: string,
    readonly http: number,
    readonly gateway: number,
  ) {}

  get address() {
    return `http://127.0.0.1:${this.http}`
  }

  static async make(yesterday = false): Promise<Platform> {
    for (const needed of [program, clockOfYesterday, join(web, 'index.html')]) {
      if (!existsSync(needed)) throw new Error(`${needed} is not there: build first`)
    }
    const data = await mkdtemp(join(tmpdir(), 'shangyou-e2e-'))
    const platform = new Platform(data, await freePort(), await freePort())
    platform.yesterday = yesterday
    await writeFile(join(data, 'password'), ADMIN.password + '\n')
    await platform.shangyou('init', '--data', platform.province, '--admin', ADMIN.name, '--password-file', join(data, 'password'), '--keep-password')
    for (const [name, text] of Object.entries(tables)) await writeFile(join(data, name), text)
    await platform.shangyou('import', 'registry', data, '--data', platform.province)
    await platform.start()
    return platform
  }

  get province() {
    return join(this.data, 'province')
  }

  // Runs the program to its end; its exit code and what it said.
  async shangyou(...words: string[]): Promise<{ code: number; said: string }> {
    try {
      const { stdout, stderr } = await run(program, words, { maxBuffer: 64 << 20, env: this.environment() })
      return { code: 0, said: stdout + stderr }
    } catch (wrong) {
      const { code, stdout, stderr } = wrong as { code: number; stdout: string; stderr: string }
      if (words[0] === 'init' || words[0] === 'import') throw new Error(`${words.join(' ')}: ${stderr}`)
      return { code, said: stdout + stderr }
    }
  }

  private environment() {
    return this.yesterday ? { ...process.env, LD_PRELOAD: clockOfYesterday, ASAN_OPTIONS: 'verify_asan_link_order=0' } : process.env
  }

  async start() {
    const settings = { data: this.province, 'http.listen': `127.0.0.1:${this.http}`, 'gateway.listen': `127.0.0.1:${this.gateway}`, 'web.directory': web, 'gateway.first_contact': 'false', 'gateway.gap_interval_s': '0', 'pipeline.grace_s': '0', 'pipeline.settle_s': '1', 'http.logins_per_minute': '1000', 'http.timeout_s': '5' }
    const server = spawn(program, ['serve', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.environment(),
    })
    this.process = server
    server.stderr!.on('data', (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-20_000)))
    await until('the server is ready', async () => {
      if (server.exitCode !== null || server.signalCode !== null) throw new Error(`the server ended:\n${this.log}`)
      return fetch(`${this.address}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
    })
  }

  private async end(signal: NodeJS.Signals) {
    const server = this.process
    this.process = null
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill(signal)
    const [code] = await gone
    // a sanitizer's findings at the end, leaks too, are a failure
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`the server ended with ${code}:\n${this.log}`)
  }

  kill = () => this.end('SIGKILL')
  stop = () => this.end('SIGTERM')

  get alive() {
    return this.process !== null && this.process.exitCode === null && this.process.signalCode === null
  }

  async remove() {
    await this.stop()
    await rm(this.data, { recursive: true, force: true })
  }

  async logIn() {
    const answer = await this.ask<{ csrf: string }>('POST', '/session', ADMIN)
    if (answer.status !== 200) throw new Error(`log-in: ${answer.status} ${JSON.stringify(answer.body)}`)
    this.csrf = answer.body.csrf
    this.cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]
  }

  async ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown, extra: Record<string, string> = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = { ...extra }
    if (this.cookie) headers.Cookie = this.cookie
    if (this.csrf && !('X-CSRF-Token' in headers)) headers['X-CSRF-Token'] = this.csrf
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const answer = await fetch(`${this.address}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body) })
    const text = await answer.text()
    const json = (answer.headers.get('content-type') ?? '').includes('json')
    return { status: answer.status, body: (json ? JSON.parse(text) : text) as T, headers: answer.headers }
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.ask<T>('GET', path)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async siteId(code: string): Promise<number> {
    const { items } = await this.get<{ items: { id: number; code: string }[] }>('/sites')
    const site = items.find((one) => one.code === code)
    if (!site) throw new Error(`no site ${code}`)
    return site.id
  }
}

// The start of the hour that ended last, in Beijing as anywhere.
export const lastHour = () => Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS
