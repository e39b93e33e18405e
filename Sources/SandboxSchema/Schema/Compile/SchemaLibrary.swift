import SandboxCore

/// The documents that a schema consists of: their schemas' places, identifiers and anchors, and what references mean.
///
/// A document is read when something refers to it. All walks are loops over lists of work, so that deep schemas cost no
/// stack.
struct SchemaLibrary {
  private(set) var sites: [SchemaSite] = []
  private(set) var resources: [SchemaResource] = []
  private(set) var unknownDialect: String?
  private var known: [SchemaSite.Key: Int] = [:]
  private var resourcesByURI: [String: Int] = [:]
  /// Registered documents that nothing referred to yet.
  private var unread: [String: JSONValue]
  private var defaultDialect: SchemaDialect
  private var size = 0

  /// The root of the schema is site 0.
  init(_ schema: JSONValue, documents: [String: JSONValue], defaultDialect: SchemaDialect) throws(SchemaProblem) {
    self.defaultDialect = defaultDialect
    unread = [:]
    for (uri, document) in documents { unread[SchemaURI.split(uri).uri] = document }
    try read(schema, as: SchemaURI(""))
    self.defaultDialect = resources[sites[0].resource].dialect
  }

  mutating func setNode(_ node: Int, of site: Int) { sites[site].node = node }

  /// Counts what a schema makes us keep or look at.
  mutating func spend(_ amount: Int, at site: Int) throws(SchemaProblem) {
    size += amount
    guard size <= JSONSchema.maximumSize else {
      throw SchemaProblem(
        pointer(of: site), "the schema is too large: more than \(JSONSchema.maximumSize) schemas, names and constants",
        isUnsupported: true)
    }
  }

  func dialect(of site: Int) -> SchemaDialect { resources[sites[site].resource].dialect }

  // MARK: - Places

  func pointer(of site: Int) -> JSONPointer {
    var tokens: [String] = []
    var current = site
    while let parent = sites[current].parent {
      tokens.append(sites[current].token)
      current = parent
    }
    return JSONPointer(tokens: tokens.reversed())
  }

  /// The site of a part of another site's value; nil when there is nothing.
  mutating func child(_ token: String, of parent: Int) -> Int? {
    let key = SchemaSite.Key(parent: parent, token: JSONKey(token))
    if let site = known[key] { return site }
    guard let value = JSONPointer(tokens: [token]).value(in: sites[parent].value) else { return nil }
    sites.append(
      SchemaSite(
        value: value, parent: parent, token: token, depth: sites[parent].depth, resource: sites[parent].resource))
    known[key] = sites.count - 1
    return sites.count - 1
  }

  /// The site of a schema in the schema of `parent`.
  mutating func schema(_ path: [String], of parent: Int) throws(SchemaProblem) -> Int? {
    var site = parent
    for token in path {
      guard let next = child(token, of: site) else { return nil }
      site = next
    }
    sites[site].depth = sites[parent].depth + 1
    guard sites[site].depth <= JSONSchema.maximumDepth else {
      throw SchemaProblem(
        pointer(of: site), "is nested deeper than \(JSONSchema.maximumDepth) schemas", isUnsupported: true)
    }
    return site
  }

  // MARK: - Reading documents

  /// Finds the resources and anchors of a document.
  private mutating func read(_ document: JSONValue, as uri: SchemaURI) throws(SchemaProblem) {
    let root = sites.count
    sites.append(SchemaSite(value: document, parent: nil, token: "", depth: 0, resource: resources.count))
    let dialect = try dialect(ofRoot: document, at: root) ?? defaultDialect
    resources.append(SchemaResource(uri: uri, root: root, dialect: dialect))
    resourcesByURI[uri.text] = resources.count - 1
    var work = [root]
    while let site = work.popLast() {
      guard let object = sites[site].value.objectValue else { continue }
      try spend(1 + object.count, at: site)
      try readIdentifiers(of: object, at: site)
      for (keyword, value) in object {
        for path in SchemaKeyword.schemas(in: keyword, value) {
          if let child = try schema(path, of: site) {
            sites[child].resource = sites[site].resource
            work.append(child)
          }
        }
      }
    }
  }

  private mutating func readIdentifiers(of object: JSONObject, at site: Int) throws(SchemaProblem) {
    // In the older drafts `$ref` hides everything beside it, identifiers too.
    var dialect = dialect(of: site)
    if dialect.isOlder, object.contains(key: "$ref") { return }
    if let identifier = object[dialect.identifierKeyword]?.stringValue {
      let place = pointer(of: site).appending(key: dialect.identifierKeyword)
      try refuseLong(identifier, place)
      let (reference, anchor) = SchemaURI.split(identifier)
      if !reference.isEmpty {
        let uri = try resolved(reference, at: site)
        dialect = try self.dialect(ofRoot: sites[site].value, at: site) ?? dialect
        // A document goes by its own name too, beside the one that it is registered by.
        if sites[site].parent == nil { resources.removeLast() }
        resources.append(SchemaResource(uri: uri, root: site, dialect: dialect))
        sites[site].resource = resources.count - 1
        if resourcesByURI[uri.text] == nil { resourcesByURI[uri.text] = resources.count - 1 }
      }
      if dialect.isOlder, !anchor.isEmpty { resources[sites[site].resource].anchors[JSONKey(anchor)] = site }
    }
    if dialect.isOlder { return }
    if let anchor = object["$anchor"]?.stringValue { resources[sites[site].resource].anchors[JSONKey(anchor)] = site }
    if let anchor = object["$dynamicAnchor"]?.stringValue {
      resources[sites[site].resource].anchors[JSONKey(anchor)] = site
      resources[sites[site].resource].dynamicAnchors[JSONKey(anchor)] = site
    }
  }

  /// The dialect that `$schema` names; nil when there is none.
  private mutating func dialect(ofRoot schema: JSONValue, at site: Int) throws(SchemaProblem) -> SchemaDialect? {
    guard var name = schema["$schema"]?.stringValue else { return nil }
    // A meta-schema may be written in a dialect of its own; a ring of them ends here too.
    for _ in 0..<8 {
      if let dialect = SchemaDialect(metaSchema: name) { return dialect }
      guard let metaSchema = document(SchemaURI.split(name).uri) else { break }
      if let vocabularies = metaSchema["$vocabulary"]?.objectValue {
        return SchemaDialect(draft: .draft202012, vocabularies: try read(vocabularies, at: site))
      }
      guard let next = metaSchema["$schema"]?.stringValue else { break }
      name = next
    }
    unknownDialect = unknownDialect ?? name
    return .draft202012
  }

  private func read(_ vocabularies: JSONObject, at site: Int) throws(SchemaProblem) -> SchemaVocabularies {
    var used: SchemaVocabularies = []
    for (uri, isRequired) in vocabularies {
      if let vocabulary = SchemaVocabularies(uri: uri) {
        used.formUnion(vocabulary)
      } else if isRequired == true {
        throw SchemaProblem(
          pointer(of: site).appending(key: "$schema"),
          "its meta-schema requires the vocabulary \(JSONValue.string(uri).briefText), which is not known here",
          isUnsupported: true)
      }
    }
    return used
  }

  /// A document that may have been read or not.
  private func document(_ uri: String) -> JSONValue? {
    resourcesByURI[uri].map { sites[resources[$0].root].value } ?? unread[uri] ?? MetaSchemas.document(uri)
  }

  private mutating func resolved(_ reference: String, at site: Int) throws(SchemaProblem) -> SchemaURI {
    let base = resources[sites[site].resource].uri
    try spend(8 + (base.text.utf8.count + reference.utf8.count) / 16, at: site)
    return base.resolving(reference)
  }

  private func refuseLong(_ reference: String, _ place: JSONPointer) throws(SchemaProblem) {
    guard reference.utf8.count <= SchemaURI.maximumLength else {
      throw SchemaProblem(place, "is longer than \(SchemaURI.maximumLength) bytes", isUnsupported: true)
    }
  }
}

// MARK: - References

extension SchemaLibrary {
  /// What a reference names, and the name of the dynamic anchor by which it does, if so.
  mutating func resolve(
    _ reference: String, from site: Int, keyword: String
  ) throws(SchemaProblem) -> (site: Int, dynamicAnchor: String?) {
    let place = pointer(of: site).appending(key: keyword)
    let shown = JSONValue.string(reference).briefText
    try refuseLong(reference, place)
    try spend(reference.utf8.count >> 4, at: site)
    let (uri, encoded) = SchemaURI.split(reference)
    guard let fragment = Self.percentDecoded(encoded) else {
      throw SchemaProblem(place, "the reference \(shown) has a \"%\" that is not followed by two hexadecimal digits")
    }
    let base = sites[site].resource
    guard let resource = uri.isEmpty ? base : try resource(named: resolved(uri, at: site)) else {
      throw SchemaProblem(
        place, "refers to \(shown), which is not at hand; nothing is fetched, so put it under \"$defs\"")
    }
    if fragment.isEmpty { return (resources[resource].root, nil) }
    let target: Int?
    if fragment.hasPrefix("/") {
      target = try follow(fragment, from: resources[resource].root)
    } else {
      target = resources[resource].anchors[JSONKey(fragment)]
    }
    guard let target else { throw SchemaProblem(place, "refers to \(shown), which is not there") }
    return (target, resources[resource].dynamicAnchors[JSONKey(fragment)] == target ? fragment : nil)
  }

  private mutating func follow(_ pointer: String, from root: Int) throws(SchemaProblem) -> Int? {
    guard let pointer = try? JSONPointer(pointer) else { return nil }
    var site = root
    for token in pointer.tokens {
      guard let next = child(token, of: site) else { return nil }
      site = next
    }
    return site
  }

  /// Reads registered documents and official meta-schemas as they are asked for.
  private mutating func resource(named uri: SchemaURI) throws(SchemaProblem) -> Int? {
    if let known = resourcesByURI[uri.text] { return known }
    if let document = unread.removeValue(forKey: uri.text) ?? MetaSchemas.document(uri.text) {
      try read(document, as: uri)
      return resourcesByURI[uri.text]
    }
    // It may be what a schema in another document calls itself.
    for (name, document) in unread.sorted(by: { $0.key < $1.key }) {
      unread[name] = nil
      try read(document, as: SchemaURI(name))
      if let found = resourcesByURI[uri.text] { return found }
    }
    return nil
  }

  private static func percentDecoded(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
        let low = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue })
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
