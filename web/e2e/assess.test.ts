// An analyst asks what a sample would be, and reads the limit it rests on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, overflow, shot, visit } from './browser'
import { Platform } from './server'

let platform: Platform
let browser: Browser

before(async () => {
  platform = await Platform.make()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await platform?.remove()
})

test('a sample is judged while it is typed, and a bad cell is named', async () => {
  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/assess')
  await page.getByRole('link', { name: '农用地土壤污染风险' }).click()
  const verdicts = page.getByRole('region', { name: '评价', exact: true })
  // the example: cadmium 0.45 at pH 6.2 in a paddy lies between 0.4 and 2.0
  await verdicts.getByText('可能存在风险').first().waitFor()
  await shot(page, 'calculator-zh')

  const cadmium = page.getByRole('textbox', { name: 'Cd 1' })
  await cadmium.fill('0.4')
  await verdicts.getByText('0.4 ≤ 筛选值 0.4').first().waitFor({ state: 'attached' })
  await cadmium.fill('0.4l')
  await page.getByRole('alert').getByText(/第 1 行.*Cd.*0\.4l/).waitFor()
  await cadmium.fill('2.1')
  await verdicts.getByText('2.1 > 管制值 2.0').waitFor({ state: 'attached' })
  await page.waitForURL((url) => decodeURIComponent(url.hash).includes('2.1'))
  assert.deepEqual(wrong, [])

  // the address carries the table
  const address = page.url()
  const again = await visit(browser, platform.address)
  await again.page.goto(address)
  await again.page.getByRole('textbox', { name: 'Cd 1' }).waitFor()
  assert.equal(await again.page.getByRole('textbox', { name: 'Cd 1' }).inputValue(), '2.1')
  await again.context.close()
  await context.close()
})

test('a block is pasted from a spreadsheet, header and all', async () => {
  const { page, context } = await visit(browser, platform.address)
  await page.goto('/assess/aqi-hour')
  await page.getByRole('textbox', { name: 'time 1' }).waitFor()
  await page.getByRole('textbox').nth(0).evaluate((input) => {
    const data = new DataTransfer()
    data.setData('text/plain', 'time\tSO2\tNO2\tCO\tO3\tPM10\tPM2.5\n2026-04-01 08:00\t6\t25\t0.6\t39\t77\t87\n')
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  // PM2.5 87 lies between 60 and 115: 100 + 27 * 50 / 55 = 124.5, rounded up
  await page.getByRole('region', { name: '评价', exact: true }).getByText(/^125 /).waitFor()
  await context.close()
})

test('the tables are searched, filtered by day, and linked row by row', async () => {
  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/standards')
  await page.getByRole('searchbox').fill('cadmium')
  await page.getByRole('link', { name: '农用地土壤污染风险筛选值和管制值' }).first().waitFor()
  await shot(page, 'standards-zh')
  await page.goto('/standards/aqi-hj633')
  await page.getByText(/^\d{3,} \/ \d{3,} 行/).waitFor()
  await page.getByLabel('某日有效').fill('2026-02-28')
  await page.getByRole('cell', { name: 'HJ 633-2012' }).first().waitFor()
  assert.equal(await page.getByRole('cell', { name: 'HJ 633-2026' }).count(), 0)
  await page.getByLabel('某日有效').fill('2026-03-01')
  await page.getByRole('cell', { name: 'HJ 633-2026' }).first().waitFor()
  assert.equal(await page.getByRole('cell', { name: 'HJ 633-2012' }).count(), 0)
  await page.goto('/standards/water-gb3838#r150')
  await page.locator('#r150.target').waitFor()
  assert.deepEqual(wrong, [])
  await context.close()
})

test('a ranking that is not there yet says what it waits for', async () => {
  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/rankings')
  await page.getByText('还没有排名').waitFor()
  await page.getByRole('button', { name: '地表水' }).click()
  await page.waitForURL(/of=water/)
  await page.goto('/regions/510100')
  await page.getByRole('heading', { name: '成都市' }).waitFor()
  await page.getByText('还没有评价').waitFor()
  await page.getByRole('link', { name: '青羊试验站' }).waitFor()
  assert.deepEqual(wrong, [])
  await context.close()
})

test('on a phone nothing hangs over the edge, and English has no Chinese left', async () => {
  const { page, context } = await visit(browser, platform.address)
  await page.setViewportSize({ width: 390, height: 780 })
  for (const path of ['/assess', '/assess/water-section', '/standards', '/standards/noise', '/rankings', '/regions/510100']) {
    await page.goto(path)
    await page.locator('main .card').first().waitFor()
    assert.deepEqual(await overflow(page), [], path)
  }
  await page.setViewportSize({ width: 1366, height: 768 })
  await page.goto('/assess')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('link', { name: 'risk of farmland soil' }).waitFor()
  await context.close()
})
