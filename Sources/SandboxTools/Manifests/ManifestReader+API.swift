import SandboxCore

/// Tools that are HTTP APIs.
extension ManifestReader {
  private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

  mutating func readAPI(_ name: String, _ parameters: JSONValue) -> APISpec {
    if value(["api"]) == nil { return readOlderAPI(name, parameters) }
    guard object(["api"]) != nil else { return APISpec(url: "") }
    note(
      in: ["api"], known: ["method", "url", "query", "headers", "body", "response", "pagination", "timeoutMs"])
    let path = ["api", "url"]
    guard let text = string(path) else {
      if value(path) == nil { problem(path, "API tool missing endpoint: \(name); put the URL of the API here") }
      return APISpec(url: "")
    }
    let method = readMethod()
    let url = readURL(text, path, parameters)
    var spec = APISpec(
      method: method, url: url?.base ?? text,
      query: literals(url) + readFields(["api", "query"], parameters, isHeader: false),
      headers: readFields(["api", "headers"], parameters, isHeader: true), body: readBody(method, parameters))
    spec.credential = readCredential(url, path, headers: spec.headers)
    spec.response = readResponse()
    spec.pagination = readPagination(spec.response)
    spec.timeout = milliseconds(["api", "timeoutMs"])
    noteUnsent(spec, url, parameters)
    return spec
  }

  /// The shape of older manifests: a URL that is sent all arguments as JSON.
  private mutating func readOlderAPI(_ name: String, _ parameters: JSONValue) -> APISpec {
    let paths = [["metadata", "endpoint"], ["endpoint"]]
    guard let path = paths.first(where: { value($0) != nil }) else {
      problem(
        ["api"],
        "API tool missing endpoint: \(name); put \"api\": {\"method\": \"POST\", \"url\": \"https://…\"} into the manifest"
      )
      return APISpec(url: "")
    }
    guard let text = string(path) else { return APISpec(url: "") }
    warning(
      path,
      "is read as \"api\": {\"method\": \"POST\", \"url\": \(JSONValue.string(text).briefText), \"body\": \"json\"}; write that"
    )
    let url = readURL(text, path, parameters)
    return APISpec(
      url: url?.base ?? text, query: literals(url), credential: readCredential(url, path, headers: []))
  }

  private mutating func readMethod() -> String {
    let path = ["api", "method"]
    guard let method = string(path) else { return "POST" }
    if !Self.methods.contains(method) {
      let known = Self.methods.sorted().joined(separator: ", ")
      problem(path, "\(JSONValue.string(method).briefText) is not a method; it must be one of \(known)")
    }
    return method
  }

  private mutating func readURL(_ text: String, _ path: [String], _ parameters: JSONValue) -> ManifestURL? {
    let url: ManifestURL
    do throws(ManifestURL.Problem) {
      url = try ManifestURL(text)
    } catch {
      problem(path, error.reason)
      return nil
    }
    let required = parameters["required"]?.arrayValue ?? []
    for name in url.placeholders where isDeclared(name, parameters, at: path) {
      guard !required.contains(.string(name)) else { continue }
      problem(path, "\"{\(name)}\" is in the path, so the schema must list it as required")
    }
    return url
  }

  private func literals(_ url: ManifestURL?) -> [APISpec.Field] {
    url?.query.map { APISpec.Field($0.name, .literal($0.value)) } ?? []
  }

  // MARK: - Body

  private mutating func readBody(_ method: String, _ parameters: JSONValue) -> APISpec.Body {
    let path = ["api", "body"]
    let hasNone = method == "GET" || method == "HEAD"
    guard let value = value(path) else { return hasNone ? .none : .json }
    let body: APISpec.Body
    switch value {
    case "none": body = .none
    case "json": body = .json
    case "form": body = .form
    case .object, .array:
      checkTemplate(value, path, parameters)
      body = .template(value)
    default:
      problem(
        path,
        "must be \"json\", \"form\", \"none\" or an object or list with \"{parameter}\" texts, not \(value.briefText)"
      )
      return .none
    }
    if hasNone, body != .none {
      problem(path, "a \(method) request has no body; use \"query\", or another method")
    }
    return body
  }

  private mutating func checkTemplate(_ template: JSONValue, _ path: [String], _ parameters: JSONValue) {
    switch template {
    case .array(let elements):
      for (index, element) in elements.enumerated() { checkTemplate(element, path + [String(index)], parameters) }
    case .object(let object):
      for (key, element) in object { checkTemplate(element, path + [key], parameters) }
    case .string(let text): checkTemplate(text, path, parameters)
    default: break
    }
  }

  private mutating func checkTemplate(_ text: String, _ path: [String], _ parameters: JSONValue) {
    if text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 2 {
      _ = isDeclared(String(text.dropFirst().dropLast()), parameters, at: path)
      return
    }
    let known = parameters["properties"]?.objectValue ?? [:]
    guard let name = Placeholder.split(text).names.first(where: known.contains(key:)) else { return }
    problem(path, "\"{\(name)}\" must be the whole text: a parameter is not pasted into another")
  }

  // MARK: - What is sent nowhere

  private mutating func noteUnsent(_ spec: APISpec, _ url: ManifestURL?, _ parameters: JSONValue) {
    var sent = Set(url?.placeholders ?? [])
    for field in spec.query + spec.headers {
      if case .argument(let name) = field.value { sent.insert(name) }
    }
    switch spec.body {
    case .json, .form: return
    case .none: break
    case .template(let template): Self.collect(template, into: &sent)
    }
    for name in parameters["properties"]?.objectValue?.keys ?? [] where !sent.contains(name) {
      warning(
        ["api"],
        "the parameter \"\(name)\" is sent nowhere; put \"{\(name)}\" into the path, \"query\", \"headers\" or \"body\""
      )
    }
  }

  private static func collect(_ template: JSONValue, into names: inout Set<String>) {
    switch template {
    case .array(let elements): for element in elements { collect(element, into: &names) }
    case .object(let object): for element in object.values { collect(element, into: &names) }
    case .string(let text): if let name = Placeholder.whole(text) { names.insert(name) }
    default: break
    }
  }
}
