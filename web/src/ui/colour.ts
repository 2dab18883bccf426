// colour - what text can be read on a standard's colour (WCAG contrast).
export function inkOn(background: string): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(background)?.[1]
  if (!hex) return '#17232b'
  const [r, g, b] = [0, 2, 4].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? '#000000' : '#ffffff'
}

export const stateColour: Record<string, string> = {
  ok: '#1a7f4b',
  late: '#b7791f',
  offline: '#6b7780',
  exceeding: '#b42318',
  never: '#a9b4bb',
}
