// browser - the installed Chromium, one for each file of stories.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BOUND_MS } from './wait'

const flags = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags, timeout: BOUND_MS })

export interface Visit {
  page: Page
  wrong: string[] // what the page threw or logged as an error
  context: BrowserContext
}

export async function visit(browser: Browser, address: string, size = { width: 1366, height: 768 }): Promise<Visit> {
  const context = await browser.newContext({ baseURL: address, viewport: size, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', acceptDownloads: true })
  context.setDefaultTimeout(BOUND_MS)
  context.setDefaultNavigationTimeout(BOUND_MS)
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(message.text())
  })
  return { page, wrong, context }
}

const whole = 'html:has(.page), :has(.page) { height: auto !important; overflow: visible !important; }'

// A picture for people, when SHANGYOU_SHOTS names a directory.
export async function shot(page: Page, name: string) {
  const directory = process.env.SHANGYOU_SHOTS
  if (!directory) return
  await mkdir(directory, { recursive: true })
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true, style: whole })
}

// How far a page is wider than its window, in pixels, and what sticks out.
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = [document.documentElement, document.querySelector('main')!].filter((box) => box.scrollWidth > box.clientWidth + 1)
    return wide.map((box) => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}`)
  })
}

export async function logIn(page: Page, who: { name: string; password: string }) {
  await page.getByLabel('用户名').fill(who.name)
  await page.getByLabel('密码').fill(who.password)
  await page.getByRole('button', { name: '登录' }).click()
}
