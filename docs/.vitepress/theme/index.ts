import DefaultTheme from 'vitepress/theme-without-fonts'
// @ts-expect-error
import './style.css'

export default DefaultTheme
