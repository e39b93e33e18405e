extension ChartRenderer {
  /// How the labels under the plot are set.
  private struct LabelLayout {
    let texts: [String]
    /// Only every so many-th label is written.
    let stride: Int
    let isSlanted: Bool
    let height: Double
  }

  /// Axes with categories under the plot.
  mutating func drawAxes(values: ChartScale, categories: [String]) {
    drawAxisTitles()
    plot.left += values.ticks.map { Self.textWidth(values.label($0)) }.max() ?? 0
    let layout = layout(categories)
    plot.bottom -= layout.height
    if layout.isSlanted, let first = layout.texts.first {
      plot.left = max(plot.left, Self.textWidth(first) * 0.77 - plot.width / Double(categories.count) / 2)
    }
    drawValueGrid(values)
    let slot = plot.width / Double(categories.count)
    for index in stride(from: 0, to: categories.count, by: layout.stride) {
      let x = plot.left + (Double(index) + 0.5) * slot
      if layout.isSlanted {
        svg.text(layout.texts[index], x + 4, plot.bottom + 14, anchor: .end, rotation: -40)
      } else {
        svg.text(layout.texts[index], x, plot.bottom + 18, anchor: .middle)
      }
    }
  }

  /// Axes with numbers under the plot.
  mutating func drawAxes(values: ChartScale, positions: ChartScale) {
    drawAxisTitles()
    plot.left += values.ticks.map { Self.textWidth(values.label($0)) }.max() ?? 0
    plot.bottom -= 24
    drawValueGrid(values)
    for tick in positions.ticks {
      let x = plot.left + positions.position(tick) * plot.width
      svg.line(x, plot.top, x, plot.bottom, className: "grid")
      svg.text(positions.label(tick), x, plot.bottom + 18, anchor: .middle)
    }
  }

  private mutating func drawAxisTitles() {
    if !chart.yLabel.isEmpty {
      let text = Self.shortened(chart.yLabel, width: plot.height)
      svg.text(text, plot.left + 2, (plot.top + plot.bottom) / 2, anchor: .middle, rotation: -90)
      plot.left += 20
    }
    if !chart.xLabel.isEmpty {
      let text = Self.shortened(chart.xLabel, width: plot.width)
      svg.text(text, (plot.left + plot.right) / 2, plot.bottom, anchor: .middle)
      plot.bottom -= 20
    }
  }

  private mutating func drawValueGrid(_ values: ChartScale) {
    for tick in values.ticks {
      let y = plot.bottom - values.position(tick) * plot.height
      let isZero = abs(tick) < values.step / 1000
      svg.line(plot.left, y, plot.right, y, className: isZero ? "axis" : "grid")
      svg.text(values.label(tick), plot.left - 6, y + 4, anchor: .end)
    }
    svg.line(plot.left, plot.top, plot.left, plot.bottom, className: "axis")
  }

  private func layout(_ categories: [String]) -> LabelLayout {
    let slot = plot.width / Double(categories.count)
    let longest = categories.map { Self.textWidth($0) }.max() ?? 0
    if longest + 8 <= slot {
      return LabelLayout(
        texts: categories.map { Self.shortened($0, width: slot) }, stride: 1, isSlanted: false, height: 26)
    }
    // Long labels often differ only at their end, so that is kept too.
    let texts = categories.map { Self.shortened($0, width: 130, keepsEnd: true) }
    let width = texts.map { Self.textWidth($0) }.max() ?? 0
    // Slanted labels need a line's height beside each other.
    let stride = max(1, Int((18 / slot).rounded(.up)))
    return LabelLayout(texts: texts, stride: stride, isSlanted: true, height: 24 + width * 0.65)
  }
}
