import SandboxCore

/// One block of a result as text: what is text itself, and a note in place of what a model cannot read.
struct MCPContent {
  let text: String

  init(_ block: JSONValue) {
    let type = block["type"]?.stringValue ?? ""
    switch type {
    case "text" where block["text"]?.stringValue != nil: text = block["text"]?.stringValue ?? ""
    case "image", "audio": text = Self.binary(type, block["mimeType"], block["data"])
    case "resource_link": text = Self.link(block)
    case "resource": text = Self.resource(block["resource"] ?? .null)
    default: text = "[content of an unknown kind: \(block.text().excerpt(500))]"
    }
  }

  /// Bytes are not shown: nobody could read them.
  private static func binary(_ kind: String, _ type: JSONValue?, _ data: JSONValue?) -> String {
    let characters = data?.stringValue?.utf8 ?? "".utf8
    let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
    return "[\(kind), \(type?.stringValue?.excerpt(80) ?? "unknown type"), \(characters.count / 4 * 3 - padding) bytes]"
  }

  private static func link(_ block: JSONValue) -> String {
    let parts = [("name", 200), ("uri", 2000), ("mimeType", 80), ("description", 500)]
      .compactMap { block[$0]?.stringValue?.excerpt($1) }
    return "[resource: \(parts.joined(separator: ", "))]"
  }

  private static func resource(_ resource: JSONValue) -> String {
    let uri = resource["uri"]?.stringValue?.excerpt(2000) ?? "without address"
    if let text = resource["text"]?.stringValue { return "[resource \(uri)]\n\(text)" }
    return binary("resource \(uri)", resource["mimeType"], resource["blob"])
  }
}
