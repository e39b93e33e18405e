/// The `Link` header (RFC 8288): `<https://…>; rel="next", <https://…>; rel="last"`.
enum LinkHeader {
  /// The target of the link whose relation is `next`.
  static func next(_ header: String) -> String? {
    var rest = header[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let target = rest[rest.index(after: open)..<close]
      rest = rest[rest.index(after: close)...]
      let parameters = rest.prefix(while: { $0 != "<" })
      rest = rest[parameters.endIndex...]
      let isNext = parameters.split(whereSeparator: { $0 == ";" || $0 == "," }).contains { parameter in
        let parts = parameter.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace || $0 == " " } }
        guard parts.count == 2, parts[0].lowercased().filter({ $0 != " " }) == "rel" else { return false }
        return parts[1].filter { $0 != "\"" }.lowercased().split(separator: " ").contains("next")
      }
      if isNext { return String(target) }
    }
    return nil
  }
}
