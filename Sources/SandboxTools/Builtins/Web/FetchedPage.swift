import SandboxCore

/// The content of a reply in the form that was asked for.
struct FetchedPage {
  enum Format: String { case markdown, text, json }

  private static let maximumLinks = 40
  private static let maximumLinkBytes = 4 << 10

  let content: String
  private var title: String?
  private var links: [HTMLConverter.Link] = []
  private var isTruncated = false

  /// - Throws: `.unsupported` for a body that is no text, or in an encoding that is not known; `.invalidResponse` when
  ///   JSON was asked for and this is none.
  init(_ reply: HTTPReply, url: HTTPURL, format: Format) throws(SandboxError) {
    let type = MediaType(reply.header("Content-Type"))
    guard let kind = type.content ?? Self.sniffed(reply.body), kind != .unreadable else {
      let name = type.name.isEmpty ? "of no known type" : type.name.excerpt(100)
      throw SandboxError(
        .unsupported,
        "\(url.description.excerpt()) is \(name), \(reply.body.count) bytes: only text, HTML, JSON and XML can be read")
    }
    let text = try TextEncoding.text(of: reply.body, declared: type.charset)
    if format == .json {
      content = try Self.json(text, type: type, kind: kind, url: url)
    } else if kind == .html || kind == .xhtml {
      let page = HTMLConverter.convert(text, url: url, isMarkdown: format == .markdown, isXML: kind == .xhtml)
      (content, title, links, isTruncated) = (page.text, page.title, page.links, page.isTruncated)
    } else {
      content = text.replacing("\r\n", with: "\n")
    }
  }

  /// What a body without a type is: a page when it begins like one, text when it is valid UTF-8 without NUL.
  private static func sniffed(_ body: [UInt8]) -> MediaType.Content? {
    guard !body.contains(0), String(validating: body, as: UTF8.self) != nil else { return nil }
    let head = String(decoding: body.prefix(256), as: UTF8.self).trimmingSpaces.lowercased()
    return ["<!doctype html", "<html", "<head", "<body"].contains { head.hasPrefix($0) } ? .html : .text
  }

  private static func json(
    _ text: String, type: MediaType, kind: MediaType.Content, url: HTTPURL
  ) throws(SandboxError) -> String {
    do throws(SandboxError) {
      return try JSONValue(parsing: text).text(.compact)
    } catch {
      let name = type.name.isEmpty ? "of no type" : type.name.excerpt(100)
      throw SandboxError(
        .invalidResponse,
        "\(url.description.excerpt()) is not JSON but \(name), \(text.utf8.count) bytes: \(error.message). Use the format "
          + (kind == .html || kind == .xhtml ? "markdown" : "text"))
    }
  }

  /// The answer, with a part of the content that a model can read in one piece.
  func json(source: String, offset: Int, length: Int) -> JSONValue {
    var result: JSONObject = [:]
    let shown = boundedLinks
    let rest = ResultBudget.maximumBytes - shown.utf8().count - source.utf8.count - (title?.utf8.count ?? 0) * 2
    let (part, next) = window(offset, length, room: max(1024, rest))
    result["content"] = .string(part)
    result["source"] = .string(source)
    if let title { result["title"] = .string(title) }
    if shown.arrayValue?.isEmpty == false { result["links"] = shown }
    result["truncated"] = .bool(isTruncated || next != nil)
    if let next { result["nextOffset"] = .int(Int64(next)) }
    return .object(result)
  }

  private var boundedLinks: JSONValue {
    var bytes = 0
    let shown = links.prefix(Self.maximumLinks)
      .map { link -> JSONValue in ["text": .string(link.text), "url": .string(link.url)] }
      .prefix {
        bytes += $0.utf8().count + 1
        return bytes <= Self.maximumLinkBytes
      }
    return .array(Array(shown))
  }

  /// Whole characters from `offset` on: at most `length` bytes, and at most `room` when written as JSON. The second is
  /// where the next part begins, if there is more.
  private func window(_ offset: Int, _ length: Int, room: Int) -> (String, next: Int?) {
    let bytes = content.utf8
    guard offset < bytes.count else { return ("", nil) }
    var index = bytes.index(bytes.startIndex, offsetBy: offset)
    while index.samePosition(in: content.unicodeScalars) == nil { index = bytes.index(before: index) }
    let start = index
    var (count, cost) = (0, 0)
    for scalar in content.unicodeScalars[start...] {
      let size = UTF8.width(scalar)
      // The first always fits, so that every part goes further.
      guard count == 0 || count + size <= length && cost + Self.jsonSize(scalar, size) <= room else { break }
      count += size
      cost += Self.jsonSize(scalar, size)
    }
    let end = bytes.index(start, offsetBy: count)
    let next = end < content.endIndex ? bytes.distance(from: bytes.startIndex, to: end) : nil
    return (String(content[start..<end]), next)
  }

  private static func jsonSize(_ scalar: Unicode.Scalar, _ size: Int) -> Int {
    switch scalar {
    case "\"", "\\", "\n", "\t": 2
    case "\u{0}"..."\u{1f}": 6
    default: size
    }
  }
}
