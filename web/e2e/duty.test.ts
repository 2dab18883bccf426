// The officer on duty: logs in, asks a device, looks behind a number, lets a
// stranger in.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { logIn, openBrowser, shot, visit } from './browser'
import { compact, Device } from './device'
import { ADMIN, HOUR_MS, lastHour, outlet, Platform } from './server'
import { until } from './wait'

const hex = (text: string) => Buffer.from(text).toString('hex')

let platform: Platform
let browser: Browser

before(async () => {
  platform = await Platform.make()
  browser = await openBrowser()
  await platform.logIn()
})
after(async () => {
  await browser?.close()
  await platform?.remove()
})

test('a wrong password is told clearly; a command is followed to its end', async () => {
  const asked: number[] = []
  const stack = await Device.dial(platform.gateway, outlet.mn, outlet.password, outlet.st, (request, device) => {
    asked.push(request.cn)
    device.accept(request)
    if (request.cn === 1061) device.answer(request, 'RtdInterval=45')
    device.finish(request)
  })
  await stack.reportHour(lastHour(), { a21026: '20.5' })

  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/devices')
  await logIn(page, { ...ADMIN, password: 'not-this-one' })
  const alert = page.getByRole('alert')
  await alert.waitFor()
  assert.match(await alert.innerText(), /用户名或密码/)
  await shot(page, 'login-wrong')
  await logIn(page, ADMIN)

  const row = page.getByRole('row').filter({ hasText: outlet.mn })
  await row.getByText('在线').waitFor()
  await row.getByRole('link', { name: outlet.mn }).click()

  const send = async (cn: number) => {
    const choice = page.getByRole('combobox', { name: '命令' })
    await choice.click()
    await choice.fill(String(cn))
    await page.getByRole('option', { name: new RegExp(`^${cn} `) }).click()
    if (cn === 1012) await page.getByLabel(/SystemTime/).fill('2026-11-24T12:00')
    await page.getByRole('button', { name: '发送' }).click()
    const followed = page.getByRole('row').filter({ has: page.getByRole('cell', { name: new RegExp(`^${cn} `) }) })
    await followed.first().getByText('完成', { exact: true }).waitFor()
    return followed.first().innerText()
  }
  await send(1012)
  assert.match(await send(1061), /RtdInterval=45/, 'what the device answered is shown')
  assert.deepEqual(asked, [1012, 1061])
  assert.ok(stack.heard.some((said) => said.cn === 1012 && said.cp.includes('SystemTime=20261124120000')))
  await shot(page, 'device-commands')
  assert.deepEqual(wrong, [])
  stack.hangUp()
  await context.close()
})

test('behind a number stand its frames, and a proof that a flipped digit breaks', async () => {
  const stack = await Device.dial(platform.gateway, outlet.mn, outlet.password, outlet.st)
  await stack.reportHour(lastHour() - HOUR_MS, { a21026: '31.7' })
  await stack.reportHour(lastHour(), { a21026: '28.4' })

  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto(`/login?next=/sites/${await platform.siteId(outlet.site)}`)
  await logIn(page, ADMIN)
  const value = page.getByRole('row').filter({ hasText: '二氧化硫' })
  await value.getByRole('cell', { name: '28.4', exact: true }).waitFor()
  await value.getByRole('button', { name: '原始报文' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText(/a21026-Avg=28\.4/).waitFor()
  const raw = await drawer.innerText()
  assert.ok(!raw.includes(outlet.password), 'the password is covered')
  await shot(page, 'frames-drawer')

  const coming = page.waitForEvent('download')
  await drawer.getByRole('link', { name: '下载证明' }).first().click()
  const file = join(platform.data, 'proof.json')
  await (await coming).saveAs(file)
  // Today is not signed yet: the path is right, and the answer says what lacks.
  const early = await platform.shangyou('ledger', 'check-proof', file)
  assert.equal(early.code, 1)
  assert.match(early.said, /leads to its segment's root, but the day is not signed/)

  const proof = await readFile(file, 'utf8')
  const changed = proof.replace(hex('a21026-Avg=28.4'), hex('a21026-Avg=28.3'))
  assert.notEqual(changed, proof)
  await writeFile(file, changed)
  const refused = await platform.shangyou('ledger', 'check-proof', file)
  assert.equal(refused.code, 1)
  assert.doesNotMatch(refused.said, /leads to its segment's root/)

  await page.goto('/ledger')
  const choose = page.getByLabel(/选择证明文件/)
  const answer = page.locator('main').getByText(/^✗ 不能证明/)
  await choose.setInputFiles(file)
  await answer.waitFor()
  assert.doesNotMatch(await answer.innerText(), /leads to/)
  await shot(page, 'ledger-checked')
  assert.deepEqual(wrong, [])
  stack.hangUp()
  await context.close()
})

test('a stranger is kept apart, registered, and taken in with what it said before', async () => {
  const mn = '510117000000000000000009'
  const stranger = await Device.dial(platform.gateway, mn, '999999', '22')
  const qn = stranger.write(2061, `DataTime=${compact(lastHour())};a34004-Avg=33,a34004-Flag=N`)
  await until('it is in quarantine', async () => {
    const { items } = await platform.get<{ items: { mn: string; reason: string }[] }>('/quarantine')
    return items.find((one) => one.mn === mn && one.reason === 'unknown_mn')
  })
  assert.ok(!stranger.acknowledged(qn), 'a stranger gets no answer')

  const { page, wrong, context } = await visit(browser, platform.address)
  await page.goto('/login?next=/devices')
  await logIn(page, ADMIN)
  const row = page.getByRole('row').filter({ hasText: mn })
  await row.getByText('未登记的 MN').waitFor()
  await shot(page, 'quarantine')

  const register = async (kind: string, key: string, fields: Record<string, unknown>) => {
    const answer = await platform.ask('PUT', `/registry/${kind}/${encodeURIComponent(key)}`, fields)
    assert.ok(answer.status === 200 || answer.status === 201, JSON.stringify(answer.body))
  }
  await register('sites', 'KQ0009', { name_zh: '新到试验站', name_en: 'Newcomer', element: 'air', level: 'county', region: '510117' })
  await register('points', 'KQ0009:1', { name_zh: '采样口', name_en: 'Inlet' })
  await register('factors', 'KQ0009:1:a34004', { unit: 'ug/m3', decimals: 0 })
  await register('devices', mn, { site: 'KQ0009', point: '1', password: '999999' })

  await row.getByRole('button', { name: '补入' }).click()
  await page.getByText(/补入 1 条/).waitFor()
  await page.goto(`/sites/${await platform.siteId('KQ0009')}`)
  const value = page.getByRole('row').filter({ has: page.getByRole('button', { name: '细颗粒物(PM2.5)', exact: true }) })
  await value.getByRole('cell', { name: '33', exact: true }).waitFor()
  assert.deepEqual(wrong, [])
  stranger.hangUp()
  await context.close()
})
