import DefaultTheme from 'vitepress/theme-without-fonts'
// @ts-expect-error
import './style.css'
// @ts-expect-error
import './home.css'

export default DefaultTheme
