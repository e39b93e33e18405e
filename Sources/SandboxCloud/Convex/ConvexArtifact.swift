internal import SandboxCore

/// An artifact as a document of the deployment.
struct ConvexArtifact: Sendable {
  let artifact: Artifact
  /// As text, or in base 64 when it is not UTF-8.
  private let content: String
  private let isBase64: Bool

  /// A document has at most 1 MiB, names and metadata included.
  static let maximumContentBytes = 900_000

  /// Nil when the content is too large for a document.
  init?(_ artifact: Artifact, _ bytes: [UInt8]) {
    self.artifact = artifact
    if let text = String(validating: bytes, as: UTF8.self) {
      (content, isBase64) = (text, false)
    } else {
      (content, isBase64) = (Base64.encode(bytes), true)
    }
    guard content.utf8.count <= Self.maximumContentBytes else { return nil }
  }

  var contentBytes: Int { content.utf8.count }

  /// Whether a content of this size can fit, however it is encoded.
  static func mayFit(_ size: Int) -> Bool { size <= maximumContentBytes }

  func fields(_ kind: ConvexFunctions.Fields, deliveryKey: String) -> JSONValue {
    kind == .seed ? seedFields : originFields(deliveryKey: deliveryKey)
  }

  private var seedFields: JSONValue {
    [
      "artifactId": .string(artifact.id.rawValue), "type": .string(artifact.kind.rawValue),
      "name": .string(artifact.name), "title": .string(artifact.title), "mediaType": .string(artifact.mediaType),
      "size": .int(Int64(artifact.content.size)), "sha256": .string(artifact.content.sha256),
      isBase64 ? "contentBase64" : "content": .string(content), "metadata": ConvexValue.storable(artifact.metadata),
      "generatedBy": .string(artifact.author.rawValue),
    ]
  }

  /// A closed set of fields; `metadata` is open, and carries what has no field of its own.
  private func originFields(deliveryKey: String) -> JSONValue {
    [
      "type": .string(artifact.kind.rawValue), "title": .string(artifact.title), "content": .string(content),
      "metadata": [
        "artifactId": .string(artifact.id.rawValue), "name": .string(artifact.name),
        "mediaType": .string(artifact.mediaType), "size": .int(Int64(artifact.content.size)),
        "sha256": .string(artifact.content.sha256), "encoding": isBase64 ? "base64" : "utf-8",
        "generatedBy": .string(artifact.author.rawValue), "deliveryKey": .string(deliveryKey),
        "contentMetadata": ConvexValue.storable(artifact.metadata),
      ],
    ]
  }
}
