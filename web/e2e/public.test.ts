// A citizen looks at the map and at a station; a device reports behind it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, shot, visit } from './browser'
import { Device } from './device'
import { air, lastHour, Platform } from './server'
import { until } from './wait'

// HJ 633-2026, table 3: PM2.5 from 60 to 115 ug/m3 is IAQI 100 to 150, so 87
// gives 100 + 27 * 50 / 55 = 124.5, rounded up 125; all others stay below.
const hour = { a34004: '87', a34002: '100', a21026: '12', a21004: '40', a05024: '60', a21005: '0.8', a01001: '11.5', a01002: '71.0' }
const AQI = '125'

let platform: Platform
let browser: Browser
let device: Device

before(async () => {
  platform = await Platform.make()
  browser = await openBrowser()
  device = await Device.dial(platform.gateway, air.mn, air.password, air.st)
})
after(async () => {
  device?.hangUp()
  await browser?.close()
  await platform?.remove()
})

test('a reported hour becomes an index on the map and on the page of its station', async () => {
  const start = lastHour()
  await device.reportHour(start, hour)

  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/')
  const row = page.getByRole('link', { name: air.zh })
  await row.waitFor()
  await until('the list shows the index', async () => (await row.innerText()).includes(AQI))
  await shot(page, 'map-zh')
  assert.match(await row.innerText(), new RegExp(`${AQI} 轻度污染`), 'a space stands between number and level')

  await row.click()
  const values = page.getByRole('region', { name: '当前值' })
  await values.getByRole('row').filter({ has: page.getByRole('button', { name: '细颗粒物(PM2.5)', exact: true }) }).getByRole('cell', { name: '87', exact: true }).waitFor()
  const verdict = page.getByRole('region', { name: '评价' }).filter({ hasText: '小时空气质量指数' })
  await verdict.getByText(`${AQI} 轻度污染`).waitFor()
  const derivation = await verdict.innerText()
  assert.match(derivation, /HJ 633-2026/)
  assert.match(derivation, /60/, 'the breakpoints between which it lies')
  assert.match(derivation, /115/)
  await shot(page, 'site-zh')

  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: air.en }).waitFor()
  const english = page.getByRole('region', { name: 'Verdict' }).filter({ hasText: 'Hourly AQI' })
  await english.getByText(new RegExp(`^${AQI} `)).waitFor()
  await shot(page, 'site-en')
  const said = await page.locator('main').innerText()
  assert.doesNotMatch(said, /[\u4e00-\u9fff]/, 'no Chinese is left on the English page')
  assert.deepEqual(wrong, [])
  await context.close()
})
