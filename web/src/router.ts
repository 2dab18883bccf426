import { createRouter, createWebHistory } from 'vue-router'
import { restore, session } from '@/session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'map', component: () => import('@/map/MapPage.vue') },
    { path: '/sites/:id(\\d+)', name: 'site', component: () => import('@/site/SitePage.vue'), props: true },
    { path: '/devices', name: 'devices', component: () => import('@/device/DevicesPage.vue'), meta: { inside: true } },
    { path: '/devices/:id(\\d+)', name: 'device', component: () => import('@/device/DevicePage.vue'), props: true, meta: { inside: true } },
    { path: '/ledger', name: 'ledger', component: () => import('@/ledger/LedgerPage.vue'), meta: { inside: true } },
    { path: '/rankings', name: 'rankings', component: () => import('@/region/RankingPage.vue') },
    { path: '/regions/:code(\\d{6})', name: 'region', component: () => import('@/region/RegionPage.vue'), props: true },
    { path: '/assess', name: 'assessments', component: () => import('@/assess/AssessmentsPage.vue') },
    { path: '/assess/:name', name: 'calculator', component: () => import('@/assess/CalculatorPage.vue'), props: true },
    { path: '/standards', name: 'standards', component: () => import('@/standard/StandardsPage.vue') },
    { path: '/standards/:table', name: 'standard', component: () => import('@/standard/StandardPage.vue'), props: true },
    { path: '/login', name: 'login', component: () => import('@/session/LoginPage.vue') },
    { path: '/:rest(.*)*', name: 'lost', component: () => import('@/ui/LostPage.vue') },
  ],
})

let restored: Promise<void> | null = null

router.beforeEach(async (to) => {
  restored ??= restore()
  await restored
  if (to.meta.inside && !session.value) return { name: 'login', query: { next: to.fullPath } }
  if (session.value?.must_change && to.name !== 'login') return { name: 'login', query: { next: to.fullPath } }
  return true
})
