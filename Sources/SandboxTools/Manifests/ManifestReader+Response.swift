import SandboxCore

/// What of an API's reply is the result, and how its further pages are found.
extension ManifestReader {
  private static let maximumBytes = 64 << 20

  mutating func readResponse() -> APISpec.Response {
    let path = ["api", "response"]
    guard object(path) != nil else { return APISpec.Response() }
    note(in: path, known: ["format", "pointer", "maxBytes"])
    var response = APISpec.Response(
      format: choice(path + ["format"]) ?? .auto, pointer: pointerValue(path + ["pointer"]))
    if let bytes = integer(path + ["maxBytes"], in: 1...Self.maximumBytes) { response.maximumBytes = bytes }
    if response.format == .text, response.pointer != nil {
      problem(path + ["pointer"], "needs JSON, but \"format\" is \"text\"; remove one of them")
    }
    return response
  }

  private enum Style: String, CaseIterable { case cursor, page, offset, link }

  mutating func readPagination(_ response: APISpec.Response) -> APISpec.Pagination? {
    let path = ["api", "pagination"]
    guard object(path) != nil else { return nil }
    note(in: path, known: ["type", "parameter", "pointer", "first", "maxPages", "maxItems"])
    if value(path + ["type"]) == nil { problem(path + ["type"], "is missing; it must be cursor, page, offset or link") }
    guard let type: Style = choice(path + ["type"]), let style = readStyle(type, path) else { return nil }
    if response.format == .text {
      problem(path, "needs JSON, but the response's \"format\" is \"text\"; remove one of them")
    }
    var pagination = APISpec.Pagination(style: style)
    if let pages = integer(path + ["maxPages"], in: 1...1000) { pagination.maximumPages = pages }
    if let items = integer(path + ["maxItems"], in: 1...1_000_000) { pagination.maximumItems = items }
    return pagination
  }

  private mutating func readStyle(_ type: Style, _ path: [String]) -> APISpec.Pagination.Style? {
    if type == .link { return .link }
    guard let parameter = required(path + ["parameter"], "the query parameter that asks for a page") else { return nil }
    switch type {
    case .link: return .link
    case .page: return .page(parameter: parameter, first: integer(path + ["first"], in: 0...1_000_000) ?? 1)
    case .offset: return .offset(parameter: parameter)
    case .cursor:
      _ = required(path + ["pointer"], "the JSON pointer to the next cursor in the reply")
      return pointerValue(path + ["pointer"]).map { .cursor(parameter: parameter, pointer: $0) }
    }
  }
}
