// useLive - the province as it is now: one answer of /live, then its changes as
// server-sent events; asked whole again every minute, so that what silence
// changes (late, offline) is seen too.
import { onBeforeUnmount, onMounted, ref, shallowRef, triggerRef } from 'vue'
import { get, listen, type Live, type LiveRegion, type LiveSite, type Region, type VerdictBrief } from '@/api'
import { useAsk } from '@/ui/useAsk'

const WHOLE_MS = 60_000

export function useLive() {
  const sites = shallowRef(new Map<number, LiveSite>())
  const cities = shallowRef(new Map<number, LiveRegion>())
  const names = shallowRef(new Map<number, Region>())
  const at = ref('')
  const { busy, problem, ask } = useAsk(async () => {
    const live = await get<Live>('/live')
    sites.value = new Map(live.sites.map((site) => [site.id, site]))
    cities.value = new Map(live.regions.map((region) => [region.code, region]))
    at.value = live.at
    if (!names.value.size) {
      const { items } = await get<{ items: Region[] }>('/regions', { limit: 1000 })
      names.value = new Map(items.map((region) => [region.code, region]))
    }
    return live
  })

  function take(event: string, data: unknown) {
    if (event === 'region') {
      const region = data as LiveRegion
      cities.value.set(region.code, region)
      triggerRef(cities)
    } else if (event === 'verdict') {
      const { site, ...verdict } = data as VerdictBrief & { site: number }
      const known = sites.value.get(site)
      if (!known) return
      sites.value.set(site, { ...known, verdict })
      triggerRef(sites)
    }
  }

  let hush = () => {}
  let timer = 0
  onMounted(() => {
    void ask()
    hush = listen(['live'], take)
    timer = window.setInterval(() => void ask(), WHOLE_MS)
  })
  onBeforeUnmount(() => {
    hush()
    window.clearInterval(timer)
  })
  return { sites, cities, names, at, busy, problem, ask }
}
