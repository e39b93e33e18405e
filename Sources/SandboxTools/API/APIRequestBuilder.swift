import SandboxCore

/// Makes the requests of one call of an API tool.
struct APIRequestBuilder {
  let spec: APISpec
  let arguments: JSONObject

  /// - Throws: `.invalidArgument` for an argument that cannot stand where the manifest puts it.
  func request(_ extra: [APISpec.Field] = []) throws(SandboxError) -> HTTPRequest {
    var request = HTTPRequest(method: spec.method, url: try url(extra))
    for field in spec.headers {
      for value in try values(of: field.value) {
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
          throw SandboxError(
            .invalidArgument, "the value of the header \(field.name) must be one line without control characters")
        }
        request.headers.append(HTTPHeader(field.name, value))
      }
    }
    try addBody(to: &request)
    request.maximumReplyBytes = spec.response.maximumBytes
    return request
  }

  // MARK: - URL

  private func url(_ extra: [APISpec.Field]) throws(SandboxError) -> String {
    var url = try path()
    var separator = url.contains("?") ? "&" : "?"
    for field in spec.query + extra {
      for value in try values(of: field.value) {
        url += "\(separator)\(URLEncoding.component(field.name))=\(URLEncoding.component(value))"
        separator = "&"
      }
    }
    return url
  }

  /// The URL with its `{name}` parts filled in.
  private func path() throws(SandboxError) -> String {
    var result = ""
    var rest = spec.url[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      rest = rest[rest.index(after: close)...]
      guard let value = arguments[name], !value.isNull else {
        throw SandboxError(.invalidArgument, "the argument \"\(name)\" is missing; it is part of the address")
      }
      let text = Self.text(value)
      // A server would take these for the folder itself, or the one above.
      guard !text.isEmpty, text != ".", text != ".." else {
        throw SandboxError(
          .invalidArgument, "the argument \"\(name)\" cannot be \(text.quoted): it is part of the address")
      }
      result += URLEncoding.component(text)
    }
    return result + rest
  }

  // MARK: - Body

  private func addBody(to request: inout HTTPRequest) throws(SandboxError) {
    switch spec.body {
    case .none: return
    case .json:
      setJSON(.object(unusedArguments), of: &request)
    case .template(let template):
      setJSON(Self.filled(template, with: arguments) ?? .null, of: &request)
    case .form:
      var pairs: [String] = []
      for (name, value) in unusedArguments where !value.isNull {
        for text in Self.texts(value) { pairs.append("\(URLEncoding.component(name))=\(URLEncoding.component(text))") }
      }
      request.body = Array(pairs.joined(separator: "&").utf8)
      setContentType("application/x-www-form-urlencoded", of: &request)
    }
  }

  private func setJSON(_ value: JSONValue, of request: inout HTTPRequest) {
    request.body = value.utf8(.compact)
    setContentType("application/json", of: &request)
  }

  private func setContentType(_ type: String, of request: inout HTTPRequest) {
    guard !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) else { return }
    request.headers.append(HTTPHeader("Content-Type", type))
  }

  /// What is left for the body once address, query and headers have had theirs.
  private var unusedArguments: JSONObject {
    let used = Set((spec.query + spec.headers).compactMap { $0.value.argumentName } + Self.placeholders(in: spec.url))
    return JSONObject(arguments.filter { !used.contains($0.key) }.map { ($0.key, $0.value) })
  }

  static func placeholders(in url: String) -> [String] {
    var names: [String] = []
    var rest = url[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      names.append(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return names
  }

  /// The template with arguments in place of its `{name}` texts; nil when it is itself one that is missing.
  private static func filled(_ template: JSONValue, with arguments: JSONObject) -> JSONValue? {
    switch template {
    case .string(let text):
      guard text.hasPrefix("{"), text.hasSuffix("}"), text.count > 2 else { return template }
      return arguments[String(text.dropFirst().dropLast())]
    case .array(let elements): return .array(elements.compactMap { filled($0, with: arguments) })
    case .object(let members):
      return .object(
        JSONObject(members.compactMap { key, value in filled(value, with: arguments).map { (key, $0) } }))
    default: return template
    }
  }

  // MARK: - Values

  private func values(of value: APISpec.Value) throws(SandboxError) -> [String] {
    switch value {
    case .literal(let text): [text]
    case .argument(let name): arguments[name].map { $0.isNull ? [] : Self.texts($0) } ?? []
    }
  }

  private static func texts(_ value: JSONValue) -> [String] { value.arrayValue?.map(text) ?? [text(value)] }

  private static func text(_ value: JSONValue) -> String { value.stringValue ?? value.text(.compact) }
}

extension APISpec.Value {
  var argumentName: String? {
    if case .argument(let name) = self { name } else { nil }
  }
}
