// words - the two dictionaries and the language in force. Chinese by default;
// the choice is kept in this browser. A missing word does not compile.
import { computed, ref } from 'vue'

const zh = {
  title: '上游',
  subtitle: '四川省生态环境监测网络',
  map: '一张图',
  rankings: '排名',
  assess: '评价',
  standards: '标准',
  devices: '设备',
  ledger: '账本',
  login: '登录',
  logout: '退出',
  name: '用户名',
  password: '密码',
  search: '搜索站点、断面、企业',
  all: '全部',
  element: '要素',
  state: '状态',
  loading: '正在载入…',
  empty: '没有符合条件的记录',
  retry: '重试',
  unreachable: '连不上服务器。请确认服务正在运行,然后重试。',
  forbidden: '需要登录才能查看。',
  failed: '没有成功',
  live: '实时',
  reconnecting: '实时连接中断,正在重连…',
  updated: '更新于',
  stations: '站点',
  judged: '参评',
  noData: '无数据',
  primary: '首要污染物',
  values: '当前值',
  factor: '项目',
  value: '值',
  unit: '单位',
  time: '时间',
  flag: '标记',
  limit: '限值',
  quality: '质量',
  origin: '来源',
  cadence: '周期',
  chart: '曲线',
  verdict: '评价',
  derivation: '推导',
  edition: '依据',
  missing: '缺数原因',
  frames: '原始报文',
  from: '起',
  to: '止',
  point: '点位',
  sequence: '序号',
  arrival: '到达',
  size: '字节',
  download: '下载',
  help: '帮助',
  close: '关闭',
  changePassword: '修改密码',
  oldPassword: '原密码',
  newPassword: '新密码(至少 10 位)',
  mustChange: '首次登录,请先修改密码。',
  save: '保存',
  cancel: '取消',
  send: '发送',
  wrongLogin: '用户名或密码不对;连续输错会暂时锁定。',
  tooOften: '请求太频繁,请稍后再试。',
  notAllowed: '没有这样做的权限,或登录已过期;请重新登录后再试。',
  notThere: '没有这一项。',
  notValid: '内容不符合要求',
  conflict: '与现状冲突',
  serverTrouble: '服务器暂时无法处理',
  skip: '跳到正文',
}

type Words = { [key in keyof typeof zh]: string }

const en: Words = {
  title: 'Shangyou',
  subtitle: 'Environmental monitoring network of Sichuan',
  map: 'Map',
  rankings: 'Rankings',
  assess: 'Assess',
  standards: 'Standards',
  devices: 'Devices',
  ledger: 'Ledger',
  login: 'Log in',
  logout: 'Log out',
  name: 'Name',
  password: 'Password',
  search: 'Find a station, section or enterprise',
  all: 'All',
  element: 'Element',
  state: 'State',
  loading: 'Loading…',
  empty: 'Nothing fits these conditions',
  retry: 'Try again',
  unreachable: 'The server does not answer. See that it runs, then try again.',
  forbidden: 'Log in to see this.',
  failed: 'It did not work',
  live: 'live',
  reconnecting: 'Live connection lost, connecting again…',
  updated: 'as of',
  stations: 'stations',
  judged: 'judged',
  noData: 'no data',
  primary: 'primary pollutant',
  values: 'Current values',
  factor: 'Factor',
  value: 'Value',
  unit: 'Unit',
  time: 'Time',
  flag: 'Flag',
  limit: 'Limit',
  quality: 'Quality',
  origin: 'Origin',
  cadence: 'Cadence',
  chart: 'Chart',
  verdict: 'Verdict',
  derivation: 'Derivation',
  edition: 'Standard',
  missing: 'Why missing',
  frames: 'Frames',
  from: 'from',
  to: 'to',
  point: 'Point',
  sequence: 'No.',
  arrival: 'Arrived',
  size: 'Bytes',
  download: 'Download',
  help: 'Help',
  close: 'Close',
  changePassword: 'Change password',
  oldPassword: 'Old password',
  newPassword: 'New password (10 or more)',
  mustChange: 'First log-in: please change the password.',
  save: 'Save',
  cancel: 'Cancel',
  send: 'Send',
  wrongLogin: 'Wrong name or password; several failures lock for a while.',
  tooOften: 'Too many requests: wait a little and try again.',
  notAllowed: 'Not allowed, or the log-in has ended: log in again.',
  notThere: 'There is no such thing.',
  notValid: 'Not valid',
  conflict: 'In conflict with what is there',
  serverTrouble: 'The server cannot do it now',
  skip: 'Skip to content',
}

export type Language = 'zh' | 'en'

const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem('language')
export const language = ref<Language>(kept === 'en' ? 'en' : 'zh')

export function speak(next: Language) {
  language.value = next
  localStorage.setItem('language', next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
}

const words = computed<Words>(() => (language.value === 'zh' ? zh : en))

export function t(key: keyof Words): string {
  return words.value[key]
}

// The name of something that has one in each language: pick(site, 'name').
export function pick(thing: object | null | undefined, field: string): string {
  const has = (thing ?? {}) as Record<string, unknown>
  const first = has[`${field}_${language.value}`]
  const other = has[`${field}_${language.value === 'zh' ? 'en' : 'zh'}`]
  return String(first || other || '')
}

// Words that come as codes from the server, by their kind.
const codes = {
  element: {
    air: ['空气', 'Air'],
    water: ['地表水', 'Surface water'],
    groundwater: ['地下水', 'Groundwater'],
    drinking_water: ['饮用水', 'Drinking water'],
    soil: ['土壤', 'Soil'],
    noise: ['噪声', 'Noise'],
    radiation: ['辐射', 'Radiation'],
    source_gas: ['废气排口', 'Gas outlet'],
    source_water: ['废水排口', 'Wastewater outlet'],
    ecology: ['生态', 'Ecology'],
    source: ['污染源', 'Pollution sources'],
    emergency: ['突发事件', 'Emergencies'],
    shared: ['通用', 'Shared'],
  },
  state: {
    ok: ['正常', 'normal'],
    late: ['迟报', 'late'],
    offline: ['离线', 'offline'],
    exceeding: ['超标', 'exceeding'],
    never: ['未上报', 'never heard'],
  },
  cadence: {
    realtime: ['实时', 'real-time'],
    minute: ['分钟', 'minute'],
    hour: ['小时', 'hour'],
    day: ['日', 'day'],
    month: ['月', 'month'],
    quarter: ['季', 'quarter'],
    year: ['年', 'year'],
    sample: ['采样', 'sample'],
  },
  origin: {
    reported: ['上报', 'reported'],
    computed: ['计算', 'computed'],
    manual: ['手工', 'manual'],
    modelled: ['模型', 'modelled'],
  },
  flag: {
    N: ['正常', 'normal'],
    F: ['停运', 'out of service'],
    M: ['维护', 'maintenance'],
    S: ['手工输入', 'entered by hand'],
    D: ['故障', 'fault'],
    C: ['校准', 'calibration'],
    T: ['超测量上限', 'above range'],
    B: ['通讯异常', 'no link to instrument'],
  },
  // src/quality/quality.def, in its order
  quality: {
    text: ['不是数值', 'not a number'],
    flag_absent: ['未带标记', 'no flag sent'],
    flag_unknown: ['标记不明', 'unknown flag'],
    future: ['时间超前', 'dated ahead'],
    ancient: ['时钟被重置', 'clock was reset'],
    misaligned: ['时标未对齐', 'time moved to its period'],
    backfilled: ['补传', 'arrived late'],
    negative: ['负值', 'below zero'],
    beyond_range: ['超出量程', 'beyond range'],
    inconsistent: ['与最大最小值矛盾', 'outside its min and max'],
    differs: ['上报与计算不一致', 'reported and computed differ'],
    incomplete: ['有效数据不足', 'too few valid values'],
    invalidated: ['审核为无效', 'invalidated by review'],
    replaced: ['审核已替换', 'replaced by review'],
    marked: ['已标注', 'marked'],
    approved: ['已审核', 'approved'],
  },
  // src/ingest/hj212/verdict.def, in its order
  frame: {
    ok: ['完好', 'good'],
    need_more: ['未收完', 'not complete'],
    noise: ['帧外字节', 'bytes between frames'],
    bad_length: ['长度不符', 'wrong length'],
    too_long: ['数据段过长', 'too long'],
    bad_crc: ['校验码不符', 'wrong checksum'],
    no_key: ['缺少密钥', 'no key'],
    bad_header: ['报文头有误', 'malformed header'],
    bad_cp: ['数据区有误', 'malformed data area'],
    too_many_values: ['数值过多', 'too many values'],
    bad_mn: ['MN 有误', 'bad MN'],
    bad_qn: ['QN 有误', 'bad QN'],
    bad_time: ['时间有误', 'bad time'],
    deviation: ['偏差不容许', 'deviation not tolerated'],
  },
  reason: {
    nothing: ['没有收到', 'nothing arrived'],
    flag: ['设备标记无效', 'flagged by the device'],
    quality: ['检查未通过', 'refused by a check'],
    never_heard: ['从未上报', 'never heard'],
    not_due: ['未到时间', 'not due yet'],
  },
  outcome: {
    given: ['已评价', 'judged'],
    insufficient: ['有效数据不足,不评价', 'too few valid values: not judged'],
    no_edition: ['当日没有生效的标准', 'no standard in force on that day'],
    refused: ['输入有误', 'refused'],
  },
  // those of src/assess/verdict_kind.def that are kept for sites and regions
  kind: {
    aqi_hour: ['小时空气质量指数', 'Hourly AQI'],
    aqi_day: ['日空气质量指数', 'Daily AQI'],
    air_period: ['环境空气质量评价', 'Air quality of the period'],
    air_city: ['城市空气质量', 'Air quality of the city'],
    air_ranking: ['城市空气质量排名', 'Standing by air quality'],
    water_class: ['水质类别', 'Water class'],
    water_basin: ['水质状况', 'Water quality of the region'],
    water_city_index: ['城市水质指数', 'City water quality index'],
    groundwater: ['地下水质量类别', 'Groundwater class'],
    outlet: ['排放达标情况', 'Discharge against its limits'],
    noise_levels: ['昼夜等效声级', 'Day and night sound levels'],
    noise_zone: ['声环境功能区达标', 'Function zone of noise'],
    radiation_dose_rate: ['辐射剂量率', 'Dose rate'],
  },
  confidence: {
    high: ['高', 'high'],
    medium: ['中', 'medium'],
    low: ['低', 'low'],
  },
  command: {
    queued: ['排队', 'queued'],
    sent: ['已发送', 'sent'],
    accepted: ['设备已接受', 'accepted'],
    done: ['完成', 'done'],
    refused: ['设备拒绝', 'refused'],
    failed: ['执行失败', 'failed'],
    no_data: ['没有数据', 'no data'],
    timeout: ['超时', 'timed out'],
    offline: ['设备离线', 'offline'],
  },
} as const

export function word(kind: keyof typeof codes, code: string | null | undefined): string {
  const pair = (codes[kind] as Record<string, readonly [string, string]>)[code ?? '']
  return pair ? pair[language.value === 'zh' ? 0 : 1] : (code ?? '')
}

export const elements = Object.keys(codes.element)
export const states = Object.keys(codes.state)
