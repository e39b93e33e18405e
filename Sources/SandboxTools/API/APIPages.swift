import SandboxCore

/// Joins the pages of one call, and says how the next one is asked for.
struct APIPages {
  /// What the next request has besides the call's own.
  struct Step {
    var fields: [APISpec.Field] = []
    /// Where the page is, as the reply before said it.
    var link: String?
  }

  private let pagination: APISpec.Pagination
  private var items: [JSONValue] = []
  private var isTruncated = false
  private var seen: Set<String> = []
  private(set) var count = 0
  /// Nil when there is no further page.
  private(set) var next: Step?

  init(_ pagination: APISpec.Pagination) {
    self.pagination = pagination
    next =
      switch pagination.style {
      case .cursor, .link: Step()
      case .page(let parameter, let first): Step(fields: [.init(parameter, .literal(String(first)))])
      case .offset(let parameter): Step(fields: [.init(parameter, .literal("0"))])
      }
  }

  var output: ToolOutput {
    ToolOutput(json: ["items": .array(items), "pages": .int(Int64(count)), "truncated": .bool(isTruncated)])
  }

  /// - Throws: `.invalidResponse` when the page is not a list, or asks for one that was there already.
  mutating func add(_ page: APIReply, link: String?) throws(SandboxError) {
    guard let elements = page.result?.arrayValue else {
      throw SandboxError(
        .invalidResponse,
        "page \(count + 1) is not a list but \(page.result?.typeName ?? "text"); the manifest's response.pointer must name "
          + "the list")
    }
    count += 1
    items += elements.prefix(max(0, pagination.maximumItems - items.count))
    next = try following(page, elements.count, link)
    guard next != nil, items.count >= pagination.maximumItems || count >= pagination.maximumPages else { return }
    isTruncated = true
    next = nil
  }

  private mutating func following(_ page: APIReply, _ received: Int, _ link: String?) throws(SandboxError) -> Step? {
    switch pagination.style {
    case .cursor(let parameter, let pointer):
      guard let value = page.document.flatMap({ pointer.value(in: $0) }), !value.isNull else { return nil }
      let cursor = value.stringValue ?? value.text(.compact)
      guard !cursor.isEmpty, value.boolValue != false else { return nil }
      try note(cursor)
      return Step(fields: [.init(parameter, .literal(cursor))])
    case .page(let parameter, let first):
      return received == 0 ? nil : Step(fields: [.init(parameter, .literal(String(first + count)))])
    case .offset(let parameter):
      return received == 0 ? nil : Step(fields: [.init(parameter, .literal(String(items.count)))])
    case .link:
      guard let url = link.flatMap(LinkHeader.next) else { return nil }
      try note(url)
      return Step(link: url)
    }
  }

  /// A server that names a page twice would be asked for ever.
  private mutating func note(_ page: String) throws(SandboxError) {
    guard seen.insert(page).inserted else {
      throw SandboxError(.invalidResponse, "the API's pages go in a circle: page \(count) asks for one that was there")
    }
  }
}
