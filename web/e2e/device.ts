// device - a data logger as HJ 212-2017 describes it, small: it reports, waits
// for 9014, answers requests. Bytes are written and read here, so that a fault
// of the server's own codec cannot hide itself.
import { connect, type Socket } from 'node:net'
import { until } from './wait'

export interface Said {
  qn: string
  cn: number
  cp: string
  raw: string
}

// Annex A: the register loses its low byte before each byte comes in.
export function crc(text: Buffer): string {
  let register = 0xffff
  for (const byte of text) {
    register = (register >> 8) ^ byte
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >> 1) ^ 0xa001 : register >> 1
  }
  return register.toString(16).toUpperCase().padStart(4, '0')
}

export function frame(segment: string): Buffer {
  const body = Buffer.from(segment, 'utf8')
  return Buffer.concat([Buffer.from(`##${String(body.length).padStart(4, '0')}`), body, Buffer.from(`${crc(body)}\r\n`)])
}

// yyyymmddhhmmss of Beijing.
export function compact(ms: number): string {
  return new Date(ms + 8 * 3600_000).toISOString().replace(/\D/g, '').slice(0, 14)
}

let lastQn = 0
// A QN no frame of this process had before.
function nextQn(): string {
  lastQn = Math.max(lastQn + 1, Date.now())
  return compact(lastQn) + String(lastQn % 1000).padStart(3, '0')
}

export type Values = Record<string, string> // factor -> value, or "value,flag"

export function hourContent(startMs: number, values: Values): string {
  const parts = Object.entries(values).map(([factor, text]) => {
    const [value, flag = 'N'] = text.split(',')
    return `${factor}-Avg=${value},${factor}-Flag=${flag}`
  })
  return [`DataTime=${compact(startMs)}`, ...parts].join(';')
}

export class Device {
  readonly heard: Said[] = []
  closed = false
  private rest = Buffer.alloc(0)

  private constructor(
    private readonly socket: Socket,
    readonly mn: string,
    private readonly password: string,
    private readonly st: string,
    private readonly obeys: (request: Said, device: Device) => void,
  ) {
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('close', () => (this.closed = true))
    socket.on('error', () => (this.closed = true))
  }

  static async dial(port: number, mn: string, password: string, st: string, obeys: (request: Said, device: Device) => void = () => {}): Promise<Device> {
    const socket = connect(port, '127.0.0.1')
    await new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed))
    return new Device(socket, mn, password, st, obeys)
  }

  private take(chunk: Buffer) {
    this.rest = Buffer.concat([this.rest, chunk])
    for (let end = this.rest.indexOf('\r\n'); end >= 0; end = this.rest.indexOf('\r\n')) {
      const raw = this.rest.subarray(0, end).toString('utf8')
      this.rest = this.rest.subarray(end + 2)
      const [, qn = '', cn = '0', cp = ''] = /QN=(\d+);.*?CN=(\d+);.*CP=&&(.*)&&/s.exec(raw) ?? []
      const said = { qn, cn: Number(cn), cp, raw }
      this.heard.push(said)
      if (said.cn < 9000) this.obeys(said, this)
    }
  }

  // Writes one frame and answers its QN; `st` other than its own for dialogue.
  write(cn: number, content: string, qn = nextQn(), flag = 5, st = this.st): string {
    const segment = `QN=${qn};ST=${st};CN=${cn};PW=${this.password};MN=${this.mn};Flag=${flag};CP=&&${content}&&`
    this.socket.write(frame(segment))
    return qn
  }

  raw(bytes: Buffer | string) {
    this.socket.write(bytes)
  }

  acknowledged(qn: string): boolean {
    return this.heard.some((said) => said.cn === 9014 && said.qn === qn)
  }

  // Reports and waits for the platform's 9014: then it is on its disk.
  async report(cn: number, content: string): Promise<string> {
    const qn = this.write(cn, content)
    await until(`9014 for ${qn}`, () => this.acknowledged(qn))
    return qn
  }

  reportHour(startMs: number, values: Values): Promise<string> {
    return this.report(2061, hourContent(startMs, values))
  }

  // The answers of a dialogue: 9011 (it will), data, 9012 (done).
  accept(request: Said, result = 1) {
    this.write(9011, `QnRtn=${result}`, request.qn, 4, '91')
  }
  answer(request: Said, content: string) {
    this.write(request.cn, content, request.qn, 4, '91')
  }
  finish(request: Said, result = 1) {
    this.write(9012, `ExeRtn=${result}`, request.qn, 4, '91')
  }

  hangUp() {
    this.socket.destroy()
  }
}
