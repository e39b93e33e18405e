import SandboxCore

/// `generate_document`: Markdown becomes an artifact: as it is, as an HTML page, or as PDF.
struct GenerateDocumentTool: BuiltinTool {
  static let name = "generate_document"
  static let maximumBytes = 1 << 20
  private static let maximumImageBytes = 16 << 20

  private enum Format: String {
    case markdown, html, pdf

    var fileExtension: String { self == .markdown ? "md" : rawValue }
    var mediaType: String { self == .pdf ? "application/pdf" : "text/\(rawValue)" }
  }

  private let context: BuiltinContext

  init(_ context: BuiltinContext) { self.context = context }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let title = try arguments.string("title", maximumBytes: 500)
    let format = try Self.format(arguments)
    let text = try Self.text(arguments, title: title)
    // Before any work is done for nothing.
    let converter = format == .pdf ? try PDFConverter(context.programs) : nil
    let name = try ArtifactName.make(arguments.optionalString("name") ?? title, fileExtension: format.fileExtension)
    let (blocks, metadata) = try await BlockingWork.run { _ in
      let blocks = MarkdownParser.parse(text)
      return (blocks, DocumentMetadata.extract(from: text, blocks: blocks))
    }
    var content = Array(text.utf8)
    if format != .markdown {
      let images = try await images(blocks.imageSources)
      content = try await BlockingWork.run { _ in
        Array(HTMLPage.make(title: title, body: HTMLRenderer.render(blocks, images: images)).utf8)
      }
    }
    if let converter { content = try await converter.convert(content, context, invocation) }
    let artifact = try await context.artifacts.create(
      name: name, kind: .document, mediaType: format.mediaType, title: title, bytes: content,
      author: invocation.agentID, madeBy: invocation.callID, metadata: metadata)
    return ToolOutput(json: artifact.reply(idAs: "documentId"))
  }

  private static func format(_ arguments: BuiltinArguments) throws(SandboxError) -> Format {
    let wish = try arguments.optionalString("format") ?? "markdown"
    if let format = Format(rawValue: wish) { return format }
    throw SandboxError(.invalidArgument, "format is \(wish.quoted); it must be markdown, html or pdf")
  }

  /// The whole Markdown text: title, unless it begins with a heading of the first level, content, sections.
  private static func text(_ arguments: BuiltinArguments, title: String) throws(SandboxError) -> String {
    var parts: [String] = []
    if let content = try arguments.optionalString("content"), !content.isEmpty { parts.append(content) }
    if let sections = arguments["sections"] {
      guard let sections = sections.arrayValue else {
        throw SandboxError(.invalidArgument, "sections must be an array of {\"heading\": …, \"content\": …}")
      }
      for (index, section) in sections.enumerated() {
        guard let heading = section["heading"]?.stringValue, let content = section["content"]?.stringValue else {
          throw SandboxError(
            .invalidArgument, "/sections/\(index) needs two texts: {\"heading\": …, \"content\": …}"
          )
        }
        parts.append("## \(heading.onOneLine)\n\n\(content)")
      }
    }
    guard !parts.isEmpty else {
      throw SandboxError(.invalidArgument, "the document is empty: give content, sections, or both")
    }
    if !parts[0].hasPrefix("# ") { parts.insert("# \(title.onOneLine)", at: 0) }
    var text = parts.joined(separator: "\n\n")
    if text.last != "\n" { text += "\n" }
    guard text.utf8.count <= maximumBytes else {
      throw SandboxError(
        .limitExceeded, "the document has \(text.utf8.count) bytes; the limit is \(maximumBytes), so make several")
    }
    return text
  }

  /// The session's images among the sources that a text names, as `data:` addresses.
  private func images(_ sources: [String]) async throws(SandboxError) -> [String: String] {
    guard !sources.isEmpty else { return [:] }
    let artifacts = context.log.read { $0.artifacts }
    var images: [String: String] = [:]
    var size = 0
    for source in sources where images[source] == nil {
      let name = source.droppingPrefix("artifact:").droppingPrefix("artifacts/")
      guard let artifact = artifacts.first(where: { $0.name == name }), artifact.mediaType.hasPrefix("image/") else {
        continue
      }
      size += artifact.content.size
      guard size <= Self.maximumImageBytes else {
        throw SandboxError(
          .limitExceeded, "the images of this document are larger than \(Self.maximumImageBytes) bytes; use fewer")
      }
      let bytes = try await context.blobs.get(artifact.content)
      images[source] = "data:\(artifact.mediaType);base64,\(Base64.encode(bytes))"
    }
    return images
  }
}

extension Artifact {
  /// What a generator answers; the id also under the name that the documents give it.
  func reply(idAs idName: String) -> JSONValue {
    .object([
      idName: .string(id.rawValue), "artifactId": .string(id.rawValue), "name": .string(name),
      "url": .string("artifacts/\(name)"), "title": .string(title), "version": .int(Int64(version)),
      "bytes": .int(Int64(content.size)),
    ])
  }
}

extension String {
  /// Without line breaks, which would end a heading.
  fileprivate var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }

  fileprivate func droppingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
