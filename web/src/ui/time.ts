// time - moments as people read them here: Beijing time, without the zone.
export function short(iso: string | null | undefined): string {
  return iso ? iso.slice(0, 16).replace('T', ' ') : '—'
}

export function seconds(iso: string | null | undefined): string {
  return iso ? iso.slice(0, 19).replace('T', ' ') : '—'
}

// A moment as the server wants it, from milliseconds.
export function iso(ms: number): string {
  const beijing = new Date(ms + 8 * 3600_000)
  return beijing.toISOString().slice(0, 19) + '+08:00'
}

export function age(since: string | null | undefined, now: number, chinese: boolean): string {
  if (!since) return '—'
  const s = Math.max(0, Math.round((now - Date.parse(since)) / 1000))
  const [amount, zh, en] =
    s < 90 ? [s, '秒前', 's ago'] : s < 5400 ? [Math.round(s / 60), '分钟前', 'min ago'] : s < 172_800 ? [Math.round(s / 3600), '小时前', 'h ago'] : [Math.round(s / 86_400), '天前', 'd ago']
  return `${amount} ${chinese ? zh : en}`
}

// How long so many periods of a cadence are; a bare count of what has no name.
export function lasting(periods: number, cadence: string, chinese: boolean): string {
  const [zh, en] = { hour: ['小时', 'hour'], day: ['天', 'day'] }[cadence] ?? ['个时段', 'period']
  return chinese ? `${periods} ${zh}` : `${periods} ${en}${periods === 1 ? '' : 's'}`
}
