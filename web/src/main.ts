import { createApp } from 'vue'
import {
  ElButton,
  ElConfigProvider,
  ElDatePicker,
  ElDrawer,
  ElInput,
  ElOption,
  ElPopconfirm,
  ElProgress,
  ElSelect,
} from 'element-plus'
import 'element-plus/dist/index.css'
import App from './App.vue'
import { router } from './router'
import './ui.css'

const app = createApp(App).use(router)
for (const part of [ElButton, ElConfigProvider, ElDatePicker, ElDrawer, ElInput, ElOption, ElPopconfirm, ElProgress, ElSelect]) {
  app.use(part)
}
app.mount('#app')
