import SandboxCore

/// `generate_canvas`: boxes and lines become a JSON Canvas file and a drawing of it.
struct GenerateCanvasTool: BuiltinTool {
  static let name = "generate_canvas"

  private let context: BuiltinContext

  init(_ context: BuiltinContext) { self.context = context }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let canvas = try Canvas(arguments)
    let wish = try arguments.optionalString("name") ?? canvas.title
    let (document, drawing) = try await BlockingWork.run { _ in
      (canvas.document.utf8(.pretty), Array(CanvasRenderer.render(canvas).utf8))
    }
    let metadata: JSONValue = [
      "elements": .int(Int64(canvas.elements.count)), "edges": .int(Int64(canvas.edges.count)),
      "lines": .int(Int64(canvas.lines.count)),
    ]
    let file = try await context.artifacts.create(
      name: ArtifactName.make(wish, fileExtension: "canvas"), kind: .canvas, mediaType: "application/json",
      title: canvas.title, bytes: document, author: invocation.agentID, madeBy: invocation.callID, metadata: metadata)
    let picture = try await context.artifacts.create(
      name: ArtifactName.make(wish, fileExtension: "svg"), kind: .canvas, mediaType: "image/svg+xml",
      title: canvas.title, bytes: drawing, author: invocation.agentID, madeBy: invocation.callID, metadata: metadata)
    var reply = file.reply(idAs: "canvasId").objectValue ?? [:]
    reply["drawing"] = ["artifactId": .string(picture.id.rawValue), "url": .string("artifacts/\(picture.name)")]
    return ToolOutput(json: .object(reply))
  }
}
