import SandboxCore

/// `generate_chart`: numbers become an SVG drawing.
struct GenerateChartTool: BuiltinTool {
  static let name = "generate_chart"

  private let context: BuiltinContext

  init(_ context: BuiltinContext) { self.context = context }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let chart = try Chart(arguments)
    let name = try ArtifactName.make(arguments.optionalString("name") ?? chart.title, fileExtension: "svg")
    let bytes = try await BlockingWork.run { _ in Array(ChartRenderer.render(chart).utf8) }
    let artifact = try await context.artifacts.create(
      name: name, kind: .canvas, mediaType: "image/svg+xml", title: chart.title, bytes: bytes,
      author: invocation.agentID, madeBy: invocation.callID, metadata: chart.metadata)
    return ToolOutput(json: artifact.reply(idAs: "canvasId"))
  }
}

extension Chart {
  fileprivate var metadata: JSONValue {
    [
      "chartType": .string(kind.rawValue), "series": .array(series.map { .string($0.name) }),
      "points": .int(Int64(series.reduce(0) { $0 + $1.points.count })), "description": .string(summary),
    ]
  }
}
