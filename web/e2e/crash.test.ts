// The server dies in the middle of a back-fill: what it acknowledged is there.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Device, hourContent } from './device'
import { air, HOUR_MS, lastHour, Platform } from './server'
import { until } from './wait'

const HOURS = 2000
const KILL_AFTER = 1000 // acknowledged
const ON_THE_WAY = 200

let platform: Platform

before(async () => {
  platform = await Platform.make()
})
after(() => platform?.remove())

interface Reading {
  start: string
  value: string
}

// Every hour the server has, by its start.
async function readings(): Promise<Map<number, string[]>> {
  const { items: channels } = await platform.get<{ items: { id: number; factor: string; cadence: string; origin: string }[] }>(`/channels?site=${await platform.siteId(air.site)}`)
  const channel = channels.find((one) => one.factor === 'a34004' && one.cadence === 'hour' && one.origin === 'reported')
  assert.ok(channel, 'the channel is there')
  const { items } = await platform.get<{ items: Reading[] }>(`/channels/${channel.id}/readings?limit=10000&from=${encodeURIComponent(new Date(0).toISOString())}&to=${encodeURIComponent(new Date(Date.now() + HOUR_MS).toISOString())}`)
  const found = new Map<number, string[]>()
  for (const { start, value } of items) found.set(Date.parse(start), [...(found.get(Date.parse(start)) ?? []), value])
  return found
}

test('kill -9 in the middle of a back-fill loses and doubles nothing acknowledged', async (t) => {
  const last = lastHour()
  const hours = Array.from({ length: HOURS }, (_, back) => ({ start: last - back * HOUR_MS, value: String(10 + ((back * 7) % 90)) }))

  let device = await Device.dial(platform.gateway, air.mn, air.password, air.st)
  const sent: { start: number; value: string; qn: string }[] = []
  const said = () => new Set(device.heard.filter((one) => one.cn === 9014).map((one) => one.qn))
  // Some are always on the way, also at the moment of the blow.
  await until('some are acknowledged', () => {
    const known = said().size
    for (const hour of hours.slice(sent.length, known + ON_THE_WAY)) {
      sent.push({ ...hour, qn: device.write(2061, hourContent(hour.start, { a34004: hour.value })) })
    }
    return known >= KILL_AFTER
  })
  await platform.kill()
  const acknowledged = sent.filter((one) => said().has(one.qn))
  assert.ok(acknowledged.length >= KILL_AFTER)
  t.diagnostic(`killed when ${acknowledged.length} of ${sent.length} were acknowledged`)
  device.hangUp()

  await platform.start()
  const kept = await until('the acknowledged hours are there', async () => {
    const found = await readings()
    return acknowledged.every((one) => found.has(one.start)) ? found : null
  })
  for (const one of acknowledged) assert.deepEqual(kept.get(one.start), [one.value])

  // The device does what the standard asks: what was not acknowledged, again.
  device = await Device.dial(platform.gateway, air.mn, air.password, air.st)
  const again = sent.filter((one) => !acknowledged.includes(one))
  for (const one of again) device.write(2061, hourContent(one.start, { a34004: one.value }), one.qn)
  for (const hour of hours.slice(sent.length)) {
    again.push({ ...hour, qn: device.write(2061, hourContent(hour.start, { a34004: hour.value })) })
  }
  await until('the rest is acknowledged', () => {
    const known = said()
    return again.every((one) => known.has(one.qn))
  })
  const all = await until('every hour is there', async () => {
    const found = await readings()
    return found.size === HOURS ? found : null
  })
  for (const one of hours) assert.deepEqual(all.get(one.start), [one.value])
  device.hangUp()

  await platform.stop()
  const verified = await platform.shangyou('ledger', 'verify', '--data', platform.province)
  assert.equal(verified.code, 0, verified.said)
})
