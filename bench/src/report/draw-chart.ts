import { BarChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { times } from './markdown.ts'

use([BarChart, GridComponent, MarkLineComponent, TitleComponent, SVGRenderer])

/** A chart of bars in panels. Every bar is a multiple of the panel's baseline. */
export interface Chart {
  /** The name of its files, without theme and extension. */
  readonly name: string
  readonly title: string
  /** What a bar of 1 means. */
  readonly subtitle: string
  /** The bars that are baselines and not packages. */
  readonly baselines: readonly string[]
  readonly columns: number
  /** In pixels. @default 960 */
  readonly width?: number
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

/** A contender's time as a multiple of the baseline's. */
export interface Bar {
  readonly contender: string
  readonly ratio: number
}

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

interface Colours {
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly own: string
  readonly baseline: string
  readonly peer: string
  readonly background: string
}

const colours: Readonly<Record<Theme, Colours>> = {
  light: {
    text: '#1f2328',
    faint: '#59636e',
    line: '#d1d9e0',
    own: '#0b7a5b',
    baseline: '#59636e',
    peer: '#b8c2cc',
    background: '#ffffff',
  },
  dark: {
    text: '#f0f6fc',
    faint: '#9198a1',
    line: '#3d444d',
    own: '#2fbf8f',
    baseline: '#9198a1',
    peer: '#4b5563',
    background: '#0d1117',
  },
}

/** Without quotes, because the SVG puts it into a quoted attribute. */
const font = 'system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif'
const defaultWidth = 960
const rowHeight = 24
const margin = { top: 76, left: 16, bottom: 16 }
const panelHead = 30
const panelFoot = 34
const figureWidth = 60
/** Possible distances between grid lines. At most three lines are drawn, so that their labels do not overlap. */
const intervals = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** Draws a chart as SVG, with the bars of each panel sorted and a dashed line at 1. */
export function drawChart(chart: Chart, theme: Theme): string {
  const colour = colours[theme]
  const rows = Math.ceil(chart.panels.length / chart.columns)
  const barRows = Math.max(...chart.panels.map(({ bars }) => bars.length))
  const panelHeight = panelHead + barRows * rowHeight + panelFoot
  const height = margin.top + rows * panelHeight + margin.bottom
  const { width = defaultWidth } = chart
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width, height })
  const columns = columnsOf(chart)
  const layouts = chart.panels.map((panel, index) => layoutOf(panel, index, columns, panelHeight))
  drawn.setOption({
    animation: false,
    backgroundColor: colour.background,
    textStyle: { fontFamily: font },
    title: [headline(chart, colour), ...chart.panels.map((panel, index) => panelTitle(panel, layouts[index], colour))],
    grid: layouts.map(({ left, top, barWidth, barsHeight }) => ({ left, top, width: barWidth, height: barsHeight })),
    xAxis: chart.panels.map((panel, index) =>
      ratioAxis(panel, index, { barWidth: layouts[index]?.barWidth ?? 0, colour }),
    ),
    yAxis: chart.panels.map((panel, index) => nameAxis(panel, index, colour)),
    series: chart.panels.map((panel, index) => series(panel, index, { baselines: chart.baselines, colour })),
  })
  const svg = drawn.renderToSVGString()
  drawn.dispose()
  return `${svg}\n`
}

interface AxisStyle {
  readonly barWidth: number
  readonly colour: Colours
}

interface BarStyle {
  readonly baselines: readonly string[]
  readonly colour: Colours
}

interface Column {
  readonly left: number
  readonly nameWidth: number
  readonly barWidth: number
}

interface PanelLayout {
  readonly titleLeft: number
  readonly titleTop: number
  readonly left: number
  readonly top: number
  readonly barWidth: number
  readonly barsHeight: number
}

/** Gives each column the width of its longest name, and divides the rest evenly among the bars. */
function columnsOf({ columns, panels, width = defaultWidth }: Chart): readonly Column[] {
  const names = Array.from({ length: columns }, (_, column) => {
    const own = panels.filter((_panel, index) => index % columns === column)
    return 20 + 6.7 * Math.max(0, ...own.flatMap(({ bars }) => bars.map(({ contender }) => contender.length)))
  })
  const free = width - margin.left - names.reduce((sum, each) => sum + each, 0)
  const barWidth = free / columns - figureWidth
  let left = margin.left
  return names.map((nameWidth) => {
    const column = { left, nameWidth, barWidth }
    left += nameWidth + barWidth + figureWidth
    return column
  })
}

function layoutOf({ bars }: Panel, index: number, columns: readonly Column[], panelHeight: number): PanelLayout {
  const row = Math.floor(index / columns.length)
  const { left, nameWidth, barWidth } = columns[index % columns.length] ?? { left: 0, nameWidth: 0, barWidth: 0 }
  const titleTop = margin.top + row * panelHeight
  return {
    titleLeft: left,
    titleTop,
    left: left + nameWidth,
    top: titleTop + panelHead,
    barWidth,
    barsHeight: bars.length * rowHeight,
  }
}

function headline({ title, subtitle }: Chart, { text, faint }: Colours) {
  return {
    text: title,
    subtext: subtitle,
    left: margin.left,
    top: 12,
    padding: 0,
    itemGap: 8,
    textStyle: { color: text, fontSize: 18, fontWeight: 600, fontFamily: font },
    subtextStyle: { color: faint, fontSize: 13, fontFamily: font },
  }
}

function panelTitle({ title }: Panel, layout: PanelLayout | undefined, { text }: Colours) {
  return {
    text: title,
    left: layout?.titleLeft ?? 0,
    top: layout?.titleTop ?? 0,
    padding: 0,
    textStyle: { color: text, fontSize: 14, fontWeight: 600, fontFamily: font },
  }
}

function ratioAxis({ bars }: Panel, index: number, { barWidth, colour: { faint, line } }: AxisStyle) {
  const max = Math.max(1, ...bars.map(({ ratio }) => ratio))
  const interval = intervals.find((each) => max / each <= (barWidth < 80 ? 2 : 3)) ?? max
  return {
    type: 'value',
    gridIndex: index,
    min: 0,
    max: interval * Math.ceil(max / interval),
    interval,
    axisLabel: { color: faint, fontSize: 11, formatter: (value: number) => `${value}×` },
    splitLine: { lineStyle: { color: line, opacity: 0.6 } },
  }
}

function nameAxis({ bars }: Panel, index: number, { text, own }: Colours) {
  return {
    type: 'category',
    gridIndex: index,
    inverse: true,
    data: sorted(bars).map(({ contender }) => ({
      value: contender,
      textStyle: contender === 'claimcheck' ? { color: own, fontWeight: 700 } : { color: text },
    })),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { fontSize: 12, interval: 0, fontFamily: font },
  }
}

function series({ bars }: Panel, index: number, { baselines, colour }: BarStyle) {
  return {
    type: 'bar',
    xAxisIndex: index,
    yAxisIndex: index,
    barWidth: 14,
    data: sorted(bars).map(({ contender, ratio }) => ({
      value: ratio,
      itemStyle: { color: colourOf(contender, baselines, colour), borderRadius: [0, 2, 2, 0] },
      label: {
        show: true,
        position: 'right',
        formatter: times(ratio),
        color: contender === 'claimcheck' ? colour.own : colour.text,
        fontWeight: contender === 'claimcheck' ? 700 : 400,
        fontSize: 12,
        // Covers the dashed line, which would otherwise cross the label.
        backgroundColor: colour.background,
        padding: [1, 2],
      },
    })),
    markLine: {
      silent: true,
      symbol: 'none',
      z: 1,
      label: { show: false },
      lineStyle: { color: colour.baseline, type: 'dashed', width: 1 },
      data: [{ xAxis: 1 }],
    },
  }
}

function sorted(bars: readonly Bar[]): readonly Bar[] {
  return bars.toSorted((a, b) => a.ratio - b.ratio)
}

function colourOf(contender: string, baselines: readonly string[], { own, baseline, peer }: Colours): string {
  if (contender === 'claimcheck') return own
  return baselines.includes(contender) ? baseline : peer
}
