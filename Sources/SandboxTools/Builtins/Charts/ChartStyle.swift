/// Colours and lines of charts. Eight colours that stay apart for most colour-blind readers, after Okabe and Ito
/// (2008), each in a shade for light and one for dark ground; from the ninth series on, lines are dashed and colours
/// repeat.
enum ChartStyle {
  private static let light = ["#0072b2", "#d55e00", "#009e73", "#b0568f", "#8a6d00", "#3a9fd6", "#5b5b5b", "#7a3fbf"]
  private static let dark = ["#56b4e9", "#f0894d", "#2fd0a0", "#e39ac6", "#f0e442", "#9bd3f5", "#b8b8b8", "#b794f4"]

  static var colors: Int { light.count }

  static let css = """
    text { font: 12px system-ui, sans-serif; fill: #333a42; }
    .heading { font-size: 18px; font-weight: 600; fill: #14181d; }
    .value { font-size: 11px; }
    .ground { fill: #ffffff; }
    .grid { stroke: #dfe3e8; stroke-width: 1; }
    .axis { stroke: #6b7682; stroke-width: 1; }
    polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .dashed { stroke-dasharray: 6 3; }
    path { stroke: #ffffff; stroke-width: 1; }
    \(rules(light))
    @media (prefers-color-scheme: dark) {
    text { fill: #c9d1d9; }
    .heading { fill: #f0f3f6; }
    .ground { fill: #14181d; }
    .grid { stroke: #2c333b; }
    .axis { stroke: #8b96a2; }
    path { stroke: #14181d; }
    \(rules(dark))
    }
    """

  private static func rules(_ colors: [String]) -> String {
    colors.enumerated()
      .map { ".s\($0) { fill: \($1); } .l\($0) { stroke: \($1); }" }
      .joined(separator: "\n")
  }
}
