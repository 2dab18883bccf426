// Everything a stranger may throw at the two doors; afterwards both are open.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { Device, frame, hourContent } from './device'
import { ADMIN, air, lastHour, Platform } from './server'
import { until } from './wait'

let platform: Platform

before(async () => {
  platform = await Platform.make()
})
after(() => platform?.remove())

// Writes bytes to the portal's door and reads until it is closed or complete.
function throwAt(port: number, bytes: Buffer, what = ''): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1')
    let said = ''
    const end = () => {
      socket.destroy()
      done(said)
    }
    socket.setTimeout(60_000, () => failed(new Error('neither an answer nor a close: ' + what)))
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1')
      if (said.includes('\r\n\r\n')) end()
    })
    socket.on('error', end) // a reset is an answer too
    socket.on('close', end)
    socket.end(bytes)
  })
}

const status = (said: string) => Number(/^HTTP\/1\.[01] (\d+)/.exec(said)?.[1] ?? 0)

async function stillServes() {
  assert.ok(platform.alive)
  assert.equal((await fetch(`${platform.address}/healthz`)).status, 200)
  assert.equal((await platform.get<{ items: unknown[] }>('/sites')).items.length, 4)
}

test('the portal refuses what is no request, and goes on', async () => {
  const noise = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 2654435761) >>> 24))
  for (const [what, bytes] of Object.entries({
    noise,
    'a TLS greeting': Buffer.from('16030100c8010000c40303', 'hex'),
    'NULs': Buffer.alloc(4096),
    'a request without end': Buffer.from('GET '),
    'a huge header': Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(1 << 20)}\r\n\r\n`),
    'a huge address': Buffer.from(`GET /${'a'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`),
    'a length that lies': Buffer.from('POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{}'),
  })) {
    const answer = status(await throwAt(platform.http, bytes, what))
    assert.ok(answer === 0 || (answer >= 400 && answer < 500), `${what}: ${answer}`)
  }
  await stillServes()
})

test('paths lead nowhere outside', async () => {
  for (const path of ['/../../../etc/passwd', '/..%2f..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../province/shangyou.yaml', '/assets/%00', '//etc/passwd', '/assets/..%5c..%5cetc', '/api/v1/../../etc/passwd', '/api/v1/sites/-1', '/api/v1/sites/99999999999999999999', '/api/v1/sites/1%2f..%2f..']) {
    const said = await throwAt(platform.http, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    assert.doesNotMatch(said, /root:|argon2|password/i, path)
    assert.ok([200, 400, 404].includes(status(said)), `${path}: ${status(said)}`)
    // 200 is only the portal's own first page, which then says 404 itself
    if (status(said) === 200) assert.match(said, /text\/html/)
  }
  await stillServes()
})

test('writes want JSON, a log-in and its token', async () => {
  const session = (body: string) => platform.ask<{ detail: string }>('POST', '/session', body)
  for (const bad of ['', '{', '[]', 'null', '{"name":1}', '{"name":"admin"}', '{"name":"admin","password":"x","name":"y"}', '\u0000', '['.repeat(100_000)]) {
    const { status: said, body } = await session(bad)
    assert.ok(said >= 400 && said < 500, `${bad.slice(0, 40)}: ${said}`)
    assert.ok(body.detail, 'says what to do')
  }
  assert.equal((await platform.ask('GET', '/devices')).status, 401)
  assert.equal((await platform.ask('POST', '/ledger/verify', {})).status, 401)

  await platform.logIn()
  const site = { name_zh: '不该有的站', element: 'air', level: 'county', region: '510117' }
  assert.equal((await platform.ask('PUT', '/registry/sites/KQ0666', site, { 'X-CSRF-Token': '' })).status, 403)
  assert.equal((await platform.ask('PUT', '/registry/sites/KQ0666', site, { 'X-CSRF-Token': 'f'.repeat(64) })).status, 403)
  const wrong = await platform.ask<{ detail: string }>('PUT', '/registry/sites/KQ0666', { ...site, lon: 'east' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.body.detail, /lon/)
  const huge = await platform.ask('PUT', '/registry/sites/KQ0666', `{"name_zh":"${'x'.repeat(200_000)}"}`)
  assert.ok([400, 413, 422].includes(huge.status), String(huge.status))
  for (const query of ['?limit=-1', '?limit=abc', '?after=%ff%00', '?as_of=yesterday']) {
    const answer = await platform.ask('GET', `/devices${query}`)
    assert.ok(answer.status === 200 || answer.status === 400, `${query}: ${answer.status}`)
  }
  await stillServes()
})

test('a device that talks nonsense is not answered, and a good frame behind it is', async () => {
  const device = await Device.dial(platform.gateway, air.mn, air.password, air.st)
  const good = (qn: string, mn = air.mn, pw = air.password) => frame(`QN=${qn};ST=22;CN=2061;PW=${pw};MN=${mn};Flag=5;CP=&&${hourContent(lastHour(), { a34004: '20' })}&&`)
  const broken = good('20261124080000001')
  broken[broken.length - 4] ^= 1 // a digit of the checksum
  device.raw(Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 40503) & 0xff)))
  device.raw('##9999' + 'x'.repeat(3000))
  device.raw('##0000\r\n##-001\r\n########\r\n')
  device.raw(broken)
  const wrongPassword = '20261124080000002'
  device.raw(good(wrongPassword, air.mn, '000000'))
  await device.report(2061, hourContent(lastHour(), { a34004: '21' }))
  assert.ok(!device.acknowledged('20261124080000001'))
  assert.ok(!device.acknowledged(wrongPassword))

  // half a frame, then gone
  const half = await Device.dial(platform.gateway, air.mn, air.password, air.st)
  half.raw(good('20261124080000003').subarray(0, 60))
  half.hangUp()
  device.hangUp()
  await until('the value of the good frame is there', async () => {
    const { items } = await platform.get<{ items: { factor: string; value: string }[] }>(`/sites/${await platform.siteId(air.site)}/latest`)
    return items.some((one) => one.factor === 'a34004' && one.value === '21')
  })
  await stillServes()
  assert.equal((await platform.ask('POST', '/session', ADMIN)).status, 200)
})
