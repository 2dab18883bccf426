// A citizen looks at the map and at a station; a device reports behind it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { logIn, openBrowser, overflow, shot, visit } from './browser'
import { Device, type Values } from './device'
import { ADMIN, air, evening, HOUR_MS, lastHour, outlet, Platform } from './server'
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

interface Verdict {
  version: number
  rating: number
  outcome: string
  start: string
}

test('a late hour gives the day a new version, and an open page follows', async () => {
  // Yesterday in Beijing, all hours but one: PM2.5 40 is IAQI 50 + 5 * 50 / 25 = 60.
  const today = Math.floor((Date.now() + 8 * HOUR_MS) / (24 * HOUR_MS)) * 24 * HOUR_MS - 8 * HOUR_MS
  const values: Values = { a34004: '40', a34002: '45', a21026: '12', a21004: '20', a05024: '60', a21005: '0.8' }
  const station = await Device.dial(platform.gateway, evening.mn, evening.password, evening.st)
  for (let back = 24; back >= 3; back--) await station.reportHour(today - back * HOUR_MS, values)

  const site = await platform.siteId(evening.site)
  const newest = () => platform.ask<Verdict>('GET', `/sites/${site}/verdict?kind=aqi_day`).then((answer) => (answer.status === 200 && answer.body.outcome === 'given' ? answer.body : null))
  const judged = (rating: number) => async () => {
    const verdict = await newest()
    return verdict?.rating === rating ? verdict : null
  }
  const before = await until('the day is judged', judged(60))

  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto(`/sites/${site}`)
  const day = page.getByRole('region', { name: '评价' }).filter({ hasText: '日空气质量指数' })
  await day.getByText('60 良').waitFor()

  // 270 in the hour that was missing: the mean is (22 * 40 + 270) / 23 = 50, IAQI 80.
  await station.reportHour(today - HOUR_MS, { ...values, a34004: '270' })
  const after = await until('the day is judged anew', judged(80))
  assert.ok(after.version > before.version)
  assert.equal(after.start, before.start)
  await day.getByText('80 良').waitFor()
  await day.getByText(`v${after.version}`).waitFor()

  const { items } = await platform.get<{ items: Verdict[] }>(`/verdicts/versions?site=${site}&kind=aqi_day&start=${encodeURIComponent(after.start)}`)
  assert.deepEqual(
    items.map((one) => one.version),
    items.map((_, i) => i + 1),
    'every version is kept',
  )
  assert.ok(items.some((one) => one.rating === 60))
  assert.deepEqual(wrong, [])
  station.hangUp()
  await context.close()
})

test('an outlet above its limit is called so, and a gap tells why', async () => {
  const stack = await Device.dial(platform.gateway, outlet.mn, outlet.password, outlet.st)
  const last = lastHour()
  await stack.reportHour(last - 5 * HOUR_MS, { a21026: '20.5' })
  await stack.reportHour(last - 4 * HOUR_MS, { a21026: '0.0,D' }) // the analyser is broken
  // the hour behind it never comes
  await stack.reportHour(last - 2 * HOUR_MS, { a21026: '30.0' })
  await stack.reportHour(last - HOUR_MS, { a21026: '35.0' }) // exactly at the limit
  await stack.reportHour(last, { a21026: '70.0' })

  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/')
  const row = page.getByRole('link', { name: outlet.zh })
  await until('the list says so', async () => {
    if (/超标/.test(await row.innerText())) return true
    await page.reload()
    await row.waitFor()
    return false
  })
  await shot(page, 'map-exceeding')
  await row.click()
  const value = page.getByRole('region', { name: '当前值' }).getByRole('row').filter({ hasText: '二氧化硫' })
  await value.getByRole('cell', { name: '70.0', exact: true }).waitFor()
  await value.getByRole('cell', { name: '35', exact: true }).waitFor()
  const verdict = page.getByRole('region', { name: '评价' })
  await verdict.getByText('超标').first().waitFor()
  assert.match(await verdict.innerText(), /GB 13223-2011/)

  await page.locator('summary').filter({ hasText: '缺数原因' }).click()
  const gaps = page.locator('.gaps li')
  await gaps.filter({ hasText: '没有收到' }).first().waitFor()
  assert.equal(await gaps.filter({ hasText: '1 小时' }).count(), 2, 'the hour that did not come and the broken one')
  const told = (await gaps.allInnerTexts()).join('\n')
  assert.match(told, /D/)
  await shot(page, 'site-exceeding')
  assert.deepEqual(wrong, [])
  stack.hangUp()
  await context.close()
})

test('no page is wider than a phone or a small screen', async () => {
  const site = await platform.siteId(air.site)
  const stack = await platform.siteId(outlet.site)
  const pages: [string, string][] = [
    ['/', air.zh],
    [`/sites/${site}`, '小时空气质量指数'],
    [`/sites/${stack}`, '超标'],
    ['/devices', outlet.mn],
    ['/devices/1', '下发命令'],
    ['/ledger', '全面校验'],
    ['/nowhere', '404'],
  ]
  for (const size of [
    { width: 390, height: 844 },
    { width: 1366, height: 768 },
  ]) {
    const { page, wrong, context } = await visit(browser, platform.address, size)
    await page.goto('/login')
    await page.getByRole('button', { name: '登录' }).waitFor()
    assert.deepEqual(await overflow(page), [], `/login at ${size.width}`)
    await logIn(page, ADMIN)
    await page.getByRole('button', { name: '退出' }).waitFor()
    for (const [path, word] of pages) {
      await page.goto(path)
      await page.locator('main').getByText(word).first().waitFor()
      assert.deepEqual(await overflow(page), [], `${path} at ${size.width}`)
      await shot(page, `${size.width}${path.replaceAll('/', '-')}`)
      await page.getByRole('button', { name: 'English' }).click()
      await page.getByRole('link', { name: 'Devices' }).waitFor()
      assert.deepEqual(await overflow(page), [], `${path} in English at ${size.width}`)
      await shot(page, `${size.width}${path.replaceAll('/', '-')}-en`)
      await page.getByRole('button', { name: '中文' }).click()
    }
    assert.deepEqual(wrong, [])
    await context.close()
  }
})

test('the keyboard alone leads to a station', async () => {
  const { page, context } = await visit(browser, platform.address)
  await page.goto('/')
  await page.getByRole('link', { name: air.zh }).waitFor()
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: '跳到正文' })
  assert.ok(await skip.evaluate((link) => link === document.activeElement), 'the skip link comes first')
  assert.ok(((await skip.boundingBox())?.x ?? -1) >= 0, 'and is seen when it has the focus')
  await page.keyboard.press('Enter')
  let at = ''
  for (let presses = 0; presses < 60 && !at.includes(air.zh); presses++) {
    await page.keyboard.press('Tab')
    at = await page.evaluate(() => (document.activeElement as HTMLElement).innerText)
  }
  assert.ok(at.includes(air.zh), 'tab reaches the list')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: air.zh }).waitFor()
  await context.close()
})
