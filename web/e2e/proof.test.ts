// A day has ended: its root is signed, and a proof of its frames stands alone.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compact, Device } from './device'
import { HOUR_MS, lastHour, outlet, Platform } from './server'
import { until } from './wait'

let platform: Platform

before(async () => {
  platform = await Platform.make(true)
})
after(() => platform?.remove())

const hex = (text: string) => Buffer.from(text).toString('hex')

test('the proof of a signed day is accepted, and one flipped digit is not', async () => {
  const start = lastHour() - 24 * HOUR_MS
  const stack = await Device.dial(platform.gateway, outlet.mn, outlet.password, outlet.st)
  await stack.report(2061, `DataTime=${compact(start)};a21026-Avg=28.4,a21026-Flag=N`)
  stack.hangUp()
  await platform.stop()

  platform.yesterday = false // the day has ended
  await platform.start()
  await platform.logIn()
  await until('the day is signed', async () => (await platform.get<{ last_day_signed: string }>('/ledger')).last_day_signed)
  const { items } = await platform.get<{ items: { sequence: number; cn: number }[] }>('/frames')
  const told = items.find((one) => one.cn === 2061)
  assert.ok(told)
  const proof = JSON.stringify(await platform.get(`/ledger/proof/${told.sequence}`))
  const file = join(platform.data, 'proof.json')
  await writeFile(file, proof)
  const accepted = await platform.shangyou('ledger', 'check-proof', file)
  assert.equal(accepted.code, 0, accepted.said)
  assert.match(accepted.said, /proven/)
  assert.equal((await platform.ask<{ ok: boolean }>('POST', '/ledger/check', proof)).body.ok, true)

  await writeFile(file, proof.replace(hex('a21026-Avg=28.4'), hex('a21026-Avg=28.3')))
  assert.notEqual(await readFile(file, 'utf8'), proof)
  const refused = await platform.shangyou('ledger', 'check-proof', file)
  assert.equal(refused.code, 1, refused.said)
  assert.equal((await platform.ask<{ ok: boolean }>('POST', '/ledger/check', await readFile(file, 'utf8'))).body.ok, false)

  await platform.stop()
  const verified = await platform.shangyou('ledger', 'verify', '--data', platform.province)
  assert.equal(verified.code, 0, verified.said)
})
